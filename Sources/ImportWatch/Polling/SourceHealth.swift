/// Whether a source's polls get through, and how often to try while they don't.
///
/// Legal transitions:
/// - `.healthy` → `.credentialsRefused` at the first refusal; → `.endpointDown` after several failures in a row;
/// - `.credentialsRefused` ↔ `.endpointDown` when the trouble changes (to the endpoint only after several failures);
/// - `.healthy` → `.onlyThrottled` when the service has done nothing but throttle for long; → either of the others as
///   from `.healthy`;
/// - any → `.healthy` at the first answer.
///
/// Each trouble that was told ends with a recovery that is told: a refusal shows that the endpoint answers, but only
/// an answer shows that the credentials are accepted. Throttling is the pace's matter; here it counts only where nothing
/// else has come for long, and even then the pace alone decides when to poll. While credentials are refused or the
/// endpoint is down one poll at a time goes out as a probe, with growing waits between. An endpoint that
/// fell again soon after it recovered is given twice as many failures before it counts as down, so that one which
/// fails now and then doesn't fill the journal.
public struct SourceHealth: Sendable {
    /// How the source stands.
    public enum State: Hashable, Sendable {
        /// Polls are answered.
        case healthy
        /// The service refuses the credentials, or there are none.
        case credentialsRefused(ServiceProblem)
        /// The endpoint gives no usable answers.
        case endpointDown(ServiceProblem)
        /// The service throttles every request.
        case onlyThrottled(ServiceProblem)
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
        /// The service has throttled every request for this time, this many in a row.
        case onlyThrottled(ServiceProblem, for: Duration, throttles: Int)
        /// The service answers again, after this time and this many throttles.
        case throttlingEnded(after: Duration, throttles: Int)
    }

    /// Something that was told and has not ended.
    private struct Trouble: Sendable {
        var since: MonotonicInstant
        var count: Int
    }

    static let firstThreshold = 3
    static let highestThreshold = 48
    static let calmAfterRecovery = Duration.seconds(600)
    /// Throttling is trouble after so many throttles in a row and this time without an answer.
    static let throttlesForTrouble = 2
    static let throttledForTrouble = Duration.seconds(600)

    /// How the source stands.
    public private(set) var state = State.healthy
    /// Not before this time goes the next probe out; matters only while ``isProbing``.
    public private(set) var nextProbe: MonotonicInstant
    private var backoff: JitteredBackoff
    private var failuresInRow = 0
    private var threshold = Self.firstThreshold
    private var refusal: Trouble?
    private var outage: Trouble?
    private var throttling: Trouble?
    private var hasToldThrottling = false
    private var probes = 0
    private var recoveredAt: MonotonicInstant?

    /// Makes the health of a source that has not been asked yet; it counts as healthy.
    public init(backoff: JitteredBackoff, now: MonotonicInstant) {
        self.backoff = backoff
        nextProbe = now
    }

    /// Whether polls get through.
    public var isHealthy: Bool { state == .healthy }

    /// Whether one poll at a time goes out, at ``nextProbe``, rather than as many as are due.
    public var isProbing: Bool { refusal != nil || outage != nil }

    /// Takes other waits between probes in force.
    public mutating func setBackoff(_ backoff: JitteredBackoff) {
        self.backoff = backoff
    }

    /// Lets the next probe go out at `time`: something changed that may have been the trouble.
    public mutating func probe(at time: MonotonicInstant) {
        nextProbe = min(nextProbe, time)
    }

    /// Notes that the service answered a poll, whatever it said about the job.
    public mutating func answered(now: MonotonicInstant) -> [Change] {
        if isHealthy, let recoveredAt, recoveredAt.duration(to: now) > Self.calmAfterRecovery {
            threshold = Self.firstThreshold
            self.recoveredAt = nil
        }
        failuresInRow = 0
        probes = 0
        state = .healthy
        var changes = endOutage(now: now)
        if let refusal {
            changes.append(.credentialsAccepted(after: refusal.since.duration(to: now), refusals: refusal.count))
            self.refusal = nil
        }
        if let throttling, hasToldThrottling {
            let time = throttling.since.duration(to: now)
            changes.append(.throttlingEnded(after: time, throttles: throttling.count))
        }
        throttling = nil
        hasToldThrottling = false
        return changes
    }

    /// Notes that the service throttled a poll.
    public mutating func throttled(_ problem: ServiceProblem, now: MonotonicInstant) -> [Change] {
        var run = throttling ?? Trouble(since: now, count: 0)
        run.count += 1
        throttling = run
        let time = run.since.duration(to: now)
        guard run.count >= Self.throttlesForTrouble, time >= Self.throttledForTrouble, !isProbing else { return [] }
        state = .onlyThrottled(problem)
        guard !hasToldThrottling else { return [] }
        hasToldThrottling = true
        return [.onlyThrottled(problem, for: time, throttles: run.count)]
    }

    /// Notes that the service refused the credentials.
    public mutating func credentialsRefused(
        _ problem: ServiceProblem,
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) -> [Change] {
        failuresInRow = 0
        if outage != nil { probes = 0 }
        var changes = endOutage(now: now)
        if refusal == nil {
            refusal = Trouble(since: now, count: 0)
            changes.append(.credentialsRefused(problem))
        }
        refusal?.count += 1
        state = .credentialsRefused(problem)
        planProbe(now: now, using: &generator)
        return changes
    }

    /// Notes that the endpoint gave no usable answer.
    public mutating func failed(
        _ problem: ServiceProblem,
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) -> [Change] {
        failuresInRow += 1
        let wasDown = outage != nil
        if wasDown || failuresInRow >= threshold {
            if !wasDown {
                outage = Trouble(since: now, count: failuresInRow - 1)
                probes = 0
            }
            outage?.count += 1
            state = .endpointDown(problem)
        }
        if isProbing { planProbe(now: now, using: &generator) }
        return wasDown || outage == nil ? [] : [.endpointDown(problem, failures: failuresInRow)]
    }

    private mutating func endOutage(now: MonotonicInstant) -> [Change] {
        guard let outage else { return [] }
        self.outage = nil
        recoveredAt = now
        threshold = min(threshold * 2, Self.highestThreshold)
        return [.endpointUp(after: outage.since.duration(to: now), failures: outage.count)]
    }

    private mutating func planProbe(now: MonotonicInstant, using generator: inout some RandomNumberGenerator) {
        nextProbe = now.advanced(by: backoff.delay(afterTries: probes, using: &generator))
        probes += 1
    }
}
