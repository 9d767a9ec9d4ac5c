/// Whether a source's polls get through, and how often to try while they don't.
///
/// Legal transitions:
/// - `.healthy` → `.credentialsRefused` at the first refusal; → `.endpointDown` after several failures in a row;
/// - `.credentialsRefused` ↔ `.endpointDown` when the trouble changes (the endpoint again only after several failures);
/// - either → `.healthy` at the first answer.
///
/// Throttling is no trouble of health and changes nothing here. While a source is not healthy one poll at a time goes
/// out as a probe, with growing waits between. An endpoint that fell again soon after it recovered is given twice as many
/// failures before it counts as down, so that one which fails now and then doesn't fill the journal.
public struct SourceHealth: Sendable {
    /// How the source stands.
    public enum State: Hashable, Sendable {
        /// Polls are answered.
        case healthy
        /// The service refuses the credentials, or there are none.
        case credentialsRefused(ServiceProblem)
        /// The endpoint gives no usable answers.
        case endpointDown(ServiceProblem)
    }

    /// A change that people are told.
    public enum Change: Hashable, Sendable {
        /// The service began to refuse the credentials.
        case credentialsRefused(ServiceProblem)
        /// The credentials are accepted again, after this time and this many refusals.
        case credentialsAccepted(after: Duration, refusals: Int)
        /// The endpoint went down, after this many failures in a row.
        case endpointDown(ServiceProblem, failures: Int)
        /// The endpoint answers again, after this time and this many failures.
        case endpointUp(after: Duration, failures: Int)
    }

    static let firstThreshold = 3
    static let highestThreshold = 48
    static let calmAfterRecovery = Duration.seconds(600)

    /// How the source stands.
    public private(set) var state = State.healthy
    /// Not before this time goes the next probe out; matters only while not healthy.
    public private(set) var nextProbe: MonotonicInstant
    private var backoff: JitteredBackoff
    private var failuresInRow = 0
    private var threshold = Self.firstThreshold
    private var troubleSince: MonotonicInstant
    private var troubleCount = 0
    private var recoveredAt: MonotonicInstant?

    /// Makes the health of a source that has not been asked yet; it counts as healthy.
    public init(backoff: JitteredBackoff, now: MonotonicInstant) {
        self.backoff = backoff
        nextProbe = now
        troubleSince = now
    }

    /// Whether polls may go out at will.
    public var isHealthy: Bool { state == .healthy }

    /// Takes other waits between probes in force.
    public mutating func setBackoff(_ backoff: JitteredBackoff) {
        self.backoff = backoff
    }

    /// Notes that the service answered a poll, whatever it said about the job.
    public mutating func answered(now: MonotonicInstant) -> Change? {
        let before = state
        let since = troubleSince.duration(to: now)
        let count = troubleCount
        failuresInRow = 0
        troubleCount = 0
        state = .healthy
        switch before {
        case .healthy:
            if let recoveredAt, recoveredAt.duration(to: now) > Self.calmAfterRecovery {
                threshold = Self.firstThreshold
                self.recoveredAt = nil
            }
            return nil
        case .credentialsRefused:
            return .credentialsAccepted(after: since, refusals: count)
        case .endpointDown:
            recoveredAt = now
            threshold = min(threshold * 2, Self.highestThreshold)
            return .endpointUp(after: since, failures: count)
        }
    }

    /// Notes that the service refused the credentials.
    public mutating func credentialsRefused(
        _ problem: ServiceProblem,
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) -> Change? {
        failuresInRow = 0
        if case .credentialsRefused = state {
            noteTrouble(now: now, using: &generator)
            state = .credentialsRefused(problem)
            return nil
        }
        beginTrouble(count: 1, now: now, using: &generator)
        state = .credentialsRefused(problem)
        return .credentialsRefused(problem)
    }

    /// Notes that the endpoint gave no usable answer.
    public mutating func failed(
        _ problem: ServiceProblem,
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) -> Change? {
        failuresInRow += 1
        if case .endpointDown = state {
            noteTrouble(now: now, using: &generator)
            state = .endpointDown(problem)
            return nil
        }
        guard failuresInRow >= threshold else {
            if !isHealthy { noteTrouble(now: now, using: &generator) }
            return nil
        }
        beginTrouble(count: failuresInRow, now: now, using: &generator)
        state = .endpointDown(problem)
        return .endpointDown(problem, failures: failuresInRow)
    }

    private mutating func beginTrouble(
        count: Int,
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) {
        troubleSince = now
        troubleCount = count
        nextProbe = now.advanced(by: backoff.delay(afterTries: 0, using: &generator))
    }

    private mutating func noteTrouble(now: MonotonicInstant, using generator: inout some RandomNumberGenerator) {
        troubleCount += 1
        nextProbe = now.advanced(by: backoff.delay(afterTries: troubleCount - 1, using: &generator))
    }
}
