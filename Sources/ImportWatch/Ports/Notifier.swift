/// Carries one event to one target; the port of the journal and of each webhook.
@MainActor
public protocol Notifier: AnyObject {
    /// Makes one attempt and calls `completion` once, in a later turn of the loop.
    func deliver(
        _ delivery: Delivery,
        completion: @escaping @MainActor (NotificationOutcome) -> Void
    )
}

/// How an attempt at a notification ended: what to do next is a question for ``DeliverySchedule``, not for the notifier.
public enum NotificationOutcome: Hashable, Sendable {
    /// The receiver has it.
    case delivered(httpStatus: Int?)
    /// It did not arrive; another attempt may succeed.
    case retry(NotificationProblem)
    /// The receiver wants nothing more (410): no attempts until a reload, a restart or a replay.
    case gone(NotificationProblem)

    /// Whether the receiver has the notification.
    public var isSuccess: Bool {
        if case .delivered = self { true } else { false }
    }
}

/// Why a notification did not arrive.
public struct NotificationProblem: Error, Hashable, Sendable {
    /// The kind in one word (`http_500`, `timeout`, `tls`), by which repeated problems are counted as one.
    public var kind: String
    /// One line for a person, without secrets and without the webhook's address.
    public var message: String
    /// The HTTP status, if there was an answer.
    public var httpStatus: Int?
    /// How long the receiver asked to wait.
    public var retryAfter: Duration?

    /// Makes a problem.
    public init(kind: String, message: String, httpStatus: Int? = nil, retryAfter: Duration? = nil) {
        self.kind = kind
        self.message = message
        self.httpStatus = httpStatus
        self.retryAfter = retryAfter
    }
}
