/// What became of attempts at deliveries to one target since the daemon's start.
public struct DeliveryStatistics: Sendable {
    /// Attempts by what became of them: `delivered`, or the kind of problem.
    public private(set) var attempts: [String: Int] = [:]
    /// Deliveries that were given up.
    public private(set) var deadLetters = 0

    /// Makes statistics of no attempts.
    public init() {}

    /// Notes how an attempt ended, and whether the delivery was given up with it.
    public mutating func note(_ outcome: NotificationOutcome, isDead: Bool) {
        attempts[Self.reason(outcome), default: 0] += 1
        if isDead { deadLetters += 1 }
    }

    private static func reason(_ outcome: NotificationOutcome) -> String {
        switch outcome {
        case .delivered: return "delivered"
        case .retry(let problem), .gone(let problem):
            // One reason for a hundred statuses: a receiver must not be able to make label values up.
            guard let status = problem.httpStatus else { return problem.kind }
            return status == 410 || status == 429 ? "http_\(status)" : "http_\(status / 100)xx"
        }
    }
}
