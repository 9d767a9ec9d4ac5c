import Crypto
import ImportWatch

/// A secret that signs notifications, ready for use.
public enum WebhookSigningKey: Sendable {
    /// HMAC-SHA-256, version `v1`.
    case hmac(key: [UInt8])
    /// Ed25519, version `v1a`.
    case ed25519(Ed25519SigningKey)

    /// One signature of `content` as the header carries it: version, comma, base64.
    func signature(of content: [UInt8]) -> String {
        switch self {
        case .hmac(let key): "v1," + Base64.encode(HMACSHA256.code(content, key: key))
        case .ed25519(let key): "v1a," + Base64.encode(key.sign(content))
        }
    }
}

/// The headers of Standard Webhooks (standardwebhooks.com).
public enum WebhookSignature {
    /// `webhook-id`, `webhook-timestamp`, and `webhook-signature` where there is a key: one signature a key over
    /// `id.timestamp.body`, separated by blanks.
    ///
    /// - Parameter time: The time of the attempt.
    public static func headers(id: String, at time: WallTime, body: [UInt8], keys: [WebhookSigningKey]) -> [HTTPHeader]
    {
        let timestamp = String(time.secondsSinceEpoch)
        var headers = [HTTPHeader("webhook-id", id), HTTPHeader("webhook-timestamp", timestamp)]
        guard !keys.isEmpty else { return headers }
        let content = Array("\(id).\(timestamp).".utf8) + body
        let signatures = keys.map { $0.signature(of: content) }.joined(separator: " ")
        headers.append(HTTPHeader("webhook-signature", signatures))
        return headers
    }
}
