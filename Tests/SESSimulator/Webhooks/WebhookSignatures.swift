import Crypto

/// What a receiver makes of a notification's signatures.
enum SignatureVerdict: Sendable {
    case ok
    case bad(String)
    /// The scenario has no key for this webhook.
    case unchecked

    var inWords: String {
        switch self {
        case .ok: "ok"
        case .bad(let reason): "BAD (\(reason))"
        case .unchecked: "unchecked"
        }
    }
}

/// Verifies signatures by the Standard Webhooks specification: `v1` is HMAC-SHA-256, `v1a` is Ed25519.
enum WebhookSignatures {
    /// The greatest difference between the notification's time and now, in seconds.
    private static let tolerance = 300.0

    static func check(
        _ request: ReceivedRequest,
        id: String,
        webhook: Scenario.Webhook,
        now: Double
    ) -> SignatureVerdict {
        guard webhook.secret != nil || webhook.publicKey != nil else { return .unchecked }
        guard !id.isEmpty else { return .bad("no webhook-id") }
        guard let timestamp = request.header("webhook-timestamp"), let time = Int64(timestamp) else {
            return .bad("no webhook-timestamp")
        }
        guard abs(now - Double(time)) <= tolerance else { return .bad("timestamp too far from now") }
        guard let header = request.header("webhook-signature") else { return .bad("no webhook-signature") }
        let message = Array("\(id).\(timestamp).".utf8) + request.body
        if let key = webhook.secretKey {
            let code = HMACSHA256.code(message, key: key)
            guard signatures(in: header, of: "v1").contains(where: { constantTimeEqual($0, code) }) else {
                return .bad("no v1 signature matches")
            }
        }
        if let key = webhook.verifyingKey {
            let isSigned = signatures(in: header, of: "v1a").contains {
                Ed25519.isValid(signature: $0, of: message, publicKey: key)
            }
            guard isSigned else { return .bad("no v1a signature matches") }
        }
        return .ok
    }

    private static func signatures(in header: String, of scheme: String) -> [[UInt8]] {
        header.split(separator: " ").compactMap { entry in
            let parts = entry.split(separator: ",", maxSplits: 1)
            guard parts.count == 2, parts[0] == scheme else { return nil }
            return Base64.decode(parts[1])
        }
    }
}

extension Scenario.Webhook {
    /// The bytes of the secret.
    var secretKey: [UInt8]? {
        secret.flatMap { $0.hasPrefix("whsec_") ? Base64.decode($0.dropFirst(6)) : nil }
    }

    /// The bytes of the public key.
    var verifyingKey: [UInt8]? {
        publicKey.flatMap { $0.hasPrefix("whpk_") ? Base64.decode($0.dropFirst(5)) : nil }
    }

    /// Complains about keys that can't be read; a webhook without its key would accept anything.
    func checkKeys() throws {
        if secret != nil, secretKey == nil {
            throw ScenarioError("webhooks: \(name): the secret is whsec_ and base64")
        }
        if publicKey != nil, verifyingKey?.count != 32 {
            throw ScenarioError("webhooks: \(name): the public key is whpk_ and 32 bytes in base64")
        }
    }
}
