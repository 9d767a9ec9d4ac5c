import Crypto
import JSON

/// Receives notifications as a careful receiver would: verifies the signature before it looks at the body.
enum WebhookReceiver {
    /// The greatest difference between the notification's time and now, in seconds.
    private static let tolerance = 300.0

    static func receive(_ request: ReceivedRequest, world: inout World, now: Double) -> ServerAnswer {
        guard request.method == "POST", request.path.hasPrefix("/hook/") else {
            return ServerAnswer(status: 404, body: Array("no such hook\n".utf8))
        }
        let name = String(request.path.dropFirst("/hook/".count))
        let webhook = world.webhooks[name] ?? Scenario.Webhook(name: name)
        let id = request.header("webhook-id") ?? ""
        let isValid = webhook.secret.map { isSigned(request, id: id, secret: $0, now: now) } ?? true
        let event = (try? JSONValue(decoding: request.body)) ?? .null
        let tries = world.statistics.arrivals.filter { $0.webhook == name && $0.id == id }.count
        let status: Int
        if !isValid {
            status = 401
        } else if tries < webhook.failFirst ?? 0 || world.happens(webhook.probability ?? 0) {
            status = webhook.status ?? 500
        } else {
            status = 204
        }
        let arrival = Statistics.Arrival(
            webhook: name,
            id: id,
            type: event["type"]?.string ?? "?",
            jobID: event["data"]?["job_id"]?.string ?? "?",
            isSignatureValid: isValid,
            answered: status,
            body: String(decoding: request.body, as: UTF8.self)
        )
        world.statistics.arrivals.append(arrival)
        say(
            "webhook \(name): \(arrival.type) job \(arrival.jobID), try \(tries + 1), "
                + "signature \(isValid ? "ok" : "BAD"), answered \(status)"
        )
        let hint = status >= 400 ? webhook.retryAfter.map { [("Retry-After", String($0))] } ?? [] : []
        return ServerAnswer(status: status, headers: hint, body: [])
    }

    /// Whether one of the `v1` signatures is that of the body (Standard Webhooks).
    private static func isSigned(_ request: ReceivedRequest, id: String, secret: String, now: Double) -> Bool {
        guard let timestamp = request.header("webhook-timestamp"), let time = Double(timestamp),
            abs(now - time) <= tolerance, let signatures = request.header("webhook-signature"),
            secret.hasPrefix("whsec_"), let key = Base64.decode(secret.dropFirst(6))
        else { return false }
        let code = HMACSHA256.code(Array("\(id).\(timestamp).".utf8) + request.body, key: key)
        return signatures.split(separator: " ").contains { signature in
            guard signature.hasPrefix("v1,"), let sent = Base64.decode(signature.dropFirst(3)) else { return false }
            return constantTimeEqual(sent, code)
        }
    }
}
