import ImportWatch

/// The headers of Standard Webhooks (standardwebhooks.com).
enum WebhookSignature {
    /// `webhook-id`, `webhook-timestamp`, and `webhook-signature` where there is a key: one signature a key over
    /// `id.timestamp.body`, separated by blanks.
    ///
    /// - Parameter time: The time of the attempt.
    static func headers(id: String, at time: WallTime, body: [UInt8], keys: [WebhookSigningKey]) -> [HTTPHeader] {
        let timestamp = String(time.secondsSinceEpoch)
        var headers = [HTTPHeader("webhook-id", id), HTTPHeader("webhook-timestamp", timestamp)]
        guard !keys.isEmpty else { return headers }
        let content = Array("\(id).\(timestamp).".utf8) + body
        let signatures = keys.map { $0.signature(of: content) }.joined(separator: " ")
        headers.append(HTTPHeader("webhook-signature", signatures))
        return headers
    }
}
