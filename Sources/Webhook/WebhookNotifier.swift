import ImportWatch

/// Sends events to a webhook, one POST an attempt.
@MainActor
public final class WebhookNotifier: Notifier {
    /// What attempts are made with; a change holds from the next attempt on.
    public var settings: WebhookSettings
    /// Called before each attempt, for settings that may have changed.
    public var willAttempt: () -> Void = {}
    private let transport: any HTTPTransport
    private let now: () -> WallTime

    /// Makes a notifier.
    public init(settings: WebhookSettings, transport: any HTTPTransport, now: @escaping () -> WallTime) {
        self.settings = settings
        self.transport = transport
        self.now = now
    }

    /// Makes one attempt.
    public func deliver(
        _ delivery: Delivery,
        completion: @escaping @MainActor (NotificationOutcome) -> Void
    ) {
        willAttempt()
        let now = now
        _ = transport.send(request(delivery.event)) { result in
            completion(WebhookVerdict.outcome(of: result, now: now()))
        }
    }

    /// The request that carries an event, signed now.
    public func request(_ event: JobEvent) -> HTTPRequest {
        let body = settings.format.body(event, includesFailedRecordsURL: settings.includesFailedRecordsURL)
        return HTTPRequest(
            method: .post,
            url: settings.url,
            headers: [HTTPHeader("Content-Type", settings.format.contentType)]
                + WebhookSignature.headers(id: event.id, at: now(), body: body, keys: settings.keys)
                + settings.headers,
            body: body,
            connectTimeout: min(settings.timeout, .seconds(10)),
            timeout: settings.timeout,
            tls: settings.tls,
            answer: .withoutBody
        )
    }
}
