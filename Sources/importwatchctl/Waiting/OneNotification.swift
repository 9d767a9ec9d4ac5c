import Crypto
import CurlTransport
import ImportWatch
import ImportWatchDaemon
import Platform
import Webhook

/// Sends events to one configured webhook for a tool that keeps no state: a few tries, and then it says what is wrong.
@MainActor
final class OneNotification {
    /// How a try went.
    struct Exchange: Sendable {
        /// What was sent, without secrets.
        var request: [String]
        /// What came back.
        var outcome: NotificationOutcome
        /// How long it took.
        var took: Duration
    }

    /// Waits between tries.
    private static let waits: [Duration] = [.seconds(1), .seconds(5)]

    private let webhook: WebhookSettings
    private let transport: CurlTransport
    private let notifier: WebhookNotifier
    private let clock = SystemClock()

    /// Takes the webhook's settings.
    init(_ webhook: WebhookSettings) throws(CurlSetupError) {
        self.webhook = webhook
        transport = try CurlTransport(userAgent: "importwatchctl/\(importWatchVersion)", now: clock.now)
        let clock = clock
        notifier = WebhookNotifier(
            settings: webhook,
            transport: transport,
            now: { clock.wall() }
        )
    }

    /// Sends an event; tries again where that may help.
    func send(_ event: JobEvent) async -> NotificationOutcome {
        for wait in Self.waits {
            let outcome = await attempt(event)
            guard case .retry = outcome else { return outcome }
            try? await Task.sleep(for: wait)
        }
        return await attempt(event)
    }

    /// Sends an event once and shows the exchange.
    func exchange(_ event: JobEvent) async -> Exchange {
        let request = notifier.request(event)
        let begun = clock.now()
        let outcome = await attempt(event)
        return Exchange(
            request: Self.lines(of: request, ownHeaders: Set(webhook.headers.map(\.name))),
            outcome: outcome,
            took: begun.duration(to: clock.now())
        )
    }

    /// An event that says of itself that it is a sample.
    func sample() -> JobEvent {
        let now = clock.wall()
        let job = ImportJob(
            id: "sample-job",
            status: .completed,
            destination: .suppressionList(action: "PUT"),
            dataSource: .init(s3URL: "s3://sample-bucket/sample.csv", format: "CSV"),
            processedRecords: 3,
            failedRecords: 0,
            createdAt: now.advanced(by: .seconds(-60)),
            completedAt: now
        )
        var event = JobEvent(
            .completed,
            of: job,
            occurredAt: now,
            source: "sample",
            region: "sample-1",
            previousStatus: .processing,
            digest: { Digest.sha256($0) }
        )
        // A receiver that drops repeats must see each sample.
        event.id = JobEvent.id(digest: Digest.sha256(Array((event.id + now.rfc3339).utf8)))
        return event
    }

    private func attempt(_ event: JobEvent) async -> NotificationOutcome {
        await withCheckedContinuation { continuation in
            notifier.deliver(Delivery(event: event, target: .webhook(webhook.name))) {
                continuation.resume(returning: $0)
            }
        }
    }

    /// The request as it goes over the wire, but for the address's path and the values of headers that may be secrets.
    private static func lines(of request: HTTPRequest, ownHeaders: Set<String>) -> [String] {
        let headers = request.headers.map { header in
            let isSecret = ownHeaders.contains(header.name) || header.name == "webhook-signature"
            return "\(header.name): \(isSecret ? Redaction.mark : header.value)"
        }
        return ["POST \(Redaction.redact(request.url))"] + headers + [
            "", Redaction.redact(String(decoding: request.body, as: UTF8.self)),
        ]
    }
}
