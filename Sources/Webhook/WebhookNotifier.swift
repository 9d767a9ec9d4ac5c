import ImportWatch

/// What a webhook's notifications are made with.
public struct WebhookSettings: Sendable {
    /// The address: a secret.
    public var url: String
    /// The keys that sign; none means unsigned.
    public var keys: [WebhookSigningKey]
    /// What the body looks like.
    public var format: WebhookFormat
    /// Headers besides our own.
    public var headers: [HTTPHeader]
    /// Whether the pre-signed address of failed records is sent.
    public var includesFailedRecordsURL: Bool
    /// The longest time for one attempt.
    public var timeout: Duration
    /// Certificates and keys of TLS.
    public var tls: HTTPRequest.TLSFiles

    /// Makes settings.
    public init(
        url: String,
        keys: [WebhookSigningKey] = [],
        format: WebhookFormat = .standard,
        headers: [HTTPHeader] = [],
        includesFailedRecordsURL: Bool = false,
        timeout: Duration = .seconds(15),
        tls: HTTPRequest.TLSFiles = HTTPRequest.TLSFiles()
    ) {
        self.url = url
        self.keys = keys
        self.format = format
        self.headers = headers
        self.includesFailedRecordsURL = includesFailedRecordsURL
        self.timeout = timeout
        self.tls = tls
    }
}

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
        let body = settings.format.body(
            event,
            includesFailedRecordsURL: settings.includesFailedRecordsURL
        )
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
