/// What became of a source's polls since the daemon began to watch it.
public struct PollStatistics: Sendable {
    /// What became of a poll, as the label `result` says it.
    public enum Outcome: String, CaseIterable, Hashable, Sendable {
        /// The service described the job.
        case answered
        /// There is no such job.
        case notFound = "not_found"
        /// The service refuses to be asked about the job.
        case badRequest = "bad_request"
        /// Too many requests.
        case throttled
        /// The service refused the credentials, or there were none.
        case credentialsRefused = "credentials_refused"
        /// No usable answer.
        case unavailable
    }

    /// Polls by what became of them.
    public private(set) var counts: [Outcome: Int] = [:]
    /// How long the polls took.
    public private(set) var durations = Histogram(limits: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15])
    /// When the service last described a job.
    public private(set) var lastSuccess: WallTime?

    /// Makes statistics of no polls.
    public init() {}

    /// Notes a poll's result.
    public mutating func note(_ result: PollResult, took duration: Duration, at time: WallTime) {
        let outcome: Outcome =
            switch result {
            case .answered: .answered
            case .jobRefused(.notFound, _): .notFound
            case .jobRefused(.badRequest, _): .badRequest
            case .throttled: .throttled
            case .credentialsRefused: .credentialsRefused
            case .unavailable: .unavailable
            }
        counts[outcome, default: 0] += 1
        durations.observe(duration)
        if outcome == .answered { lastSuccess = time }
    }
}
