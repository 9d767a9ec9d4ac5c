import Foundation
import JSON

/// Receives notifications as a careful receiver would: verifies the signature before it looks at the body.
enum WebhookReceiver {
    private static let prefix = "/hook/"

    /// Notes a notification to `/hook/NAME`, answers it, and gives the line that tells of it.
    static func receive(
        _ request: ReceivedRequest,
        world: inout World,
        now: Double
    ) -> (answer: ServerAnswer, line: String?) {
        guard request.path.hasPrefix(prefix) else { return (.plain(404, "no such hook"), nil) }
        guard request.method == "POST" else { return (.plain(405, "notifications are posted"), nil) }
        let name = String(request.path.dropFirst(prefix.count))
        let webhook = world.webhooks[name] ?? Scenario.Webhook(name: name)
        let id = request.header("webhook-id") ?? ""
        let attempt = world.statistics.attempt(of: id, at: name)
        let signature = WebhookSignatures.check(request, id: id, webhook: webhook, now: now)
        var status = 204
        var fails = false
        if case .bad = signature {
            status = 401
        } else if shouldFail(webhook, attempt: attempt, world: &world, now: now) {
            status = webhook.status ?? 500
            fails = true
        }
        let event = (try? JSONValue(decoding: request.body)) ?? .null
        let arrival = Statistics.Arrival(
            webhook: name,
            id: id,
            attempt: attempt,
            type: event["type"]?.string ?? "?",
            jobID: event["data"]?["job_id"]?.string ?? "?",
            jobStatus: event["data"]?["status"]?.string ?? "?",
            signature: signature,
            answered: fails && webhook.failure ?? .status != .status ? 0 : status,
            time: now - world.start,
            headers: request.headers,
            body: request.body
        )
        world.statistics.arrivals.append(arrival)
        var answer = fails ? failure(webhook, status) : ServerAnswer(status: status, body: [])
        answer.delay = webhook.delayMs ?? 0
        let outcome =
            arrival.answered > 0 ? "answered \(arrival.answered)" : "failed by \(webhook.failure?.rawValue ?? "")"
        let line =
            "webhook \(name): \(arrival.type) job \(arrival.jobID), status \(arrival.jobStatus), try \(attempt), "
            + "signature \(signature.inWords), \(outcome)"
        return (answer, line)
    }

    private static func shouldFail(
        _ webhook: Scenario.Webhook,
        attempt: Int,
        world: inout World,
        now: Double
    ) -> Bool {
        let time = now - world.start
        let isInWindow =
            (webhook.from != nil || webhook.to != nil) && time >= webhook.from ?? 0 && time < webhook.to ?? .infinity
        return attempt <= webhook.failFirst ?? 0 || isInWindow || world.happens(webhook.probability ?? 0)
    }

    private static func failure(_ webhook: Scenario.Webhook, _ status: Int) -> ServerAnswer {
        var headers: [(String, String)] = []
        if let hint = webhook.retryAfter { headers.append(("Retry-After", String(hint))) }
        if (300..<400).contains(status) { headers.append(("Location", webhook.location ?? "/hook/elsewhere")) }
        let manner: ServerAnswer.Manner =
            switch webhook.failure ?? .status {
            case .status: .normal
            case .hang: .hang
            case .slow: .slow(100)
            case .reset: .reset
            case .truncated: .truncated
            case .garbage: .thenClose
            }
        if webhook.failure == .garbage {
            return ServerAnswer(raw: Array("\u{1}\u{2}garbage\r\n\r\n".utf8), manner: manner)
        }
        return ServerAnswer(status: status, headers: headers, body: Array("no\n".utf8), manner: manner)
    }
}
