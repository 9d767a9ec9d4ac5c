/// Whether a target takes notifications: a circuit breaker over all its deliveries.
///
/// Legal transitions:
/// - `.open` (all may go) → `.failing` at the first failure; `.failing` → `.failing` when the kind of trouble changes;
/// - `.failing` → `.open` at the first success;
/// - any → `.gone` when the receiver wants nothing more; `.gone` → `.open` only by people: at reload,
///   restart or a replay.
///
/// After ten failures in a row the breaker trips: one attempt at a time goes out as a probe. The first wait counts from the
/// trip, and only failed probes make the waits grow, so that attempts which were under way when the receiver went down
/// don't count as probes. A dead receiver costs little, the other deliveries keep their place in the retry schedule, and a
/// receiver that fails half of all requests hardly ever trips it. The first success opens all that may be under way. A target
/// that failed again soon after it recovered is given twice as many failures before people are told, so that one which
/// fails now and then doesn't fill the journal.
public struct TargetHealth: Hashable, Sendable {
    /// How the target stands.
    public enum State: Hashable, Sendable {
        /// Notifications arrive.
        case open
        /// Attempts fail, since then and so often in a row.
        case failing(NotificationProblem, since: MonotonicInstant, failures: Int)
        /// The receiver answered that it wants nothing more (410).
        case gone(NotificationProblem)
    }

    /// A change that people are told.
    public enum Change: Hashable, Sendable {
        /// Attempts began to fail, or fail for another reason now; so many failed in a row.
        case failing(NotificationProblem, failures: Int)
        /// Attempts succeed again, after this time and this many failures.
        case recovered(after: Duration, failures: Int)
        /// The receiver wants nothing more.
        case gone(NotificationProblem)
    }

    static let tripsAt = 10
    static let highestThreshold = 48
    static let calmAfterRecovery = Duration.seconds(600)
    /// A receiver's hint can put a probe off by this: longer ones hold for the delivery that got them.
    static let longestHint = Duration.seconds(3600)
    /// The waits between probes of a webhook, from about a second to two minutes.
    static let webhookProbes = JitteredBackoff(shortest: .seconds(1), longest: .seconds(120))
    /// The waits between probes of the journal, which is on the same machine and soon back: a few seconds.
    static let journalProbes = JitteredBackoff(shortest: .seconds(1), longest: .seconds(5))

    /// How the target stands.
    public private(set) var state = State.open
    /// Not before this time goes the next probe out; matters only while tripped.
    public private(set) var nextProbe = MonotonicInstant(nanoseconds: .min)
    private var threshold = 1
    private var isTold = false
    private var recoveredAt: MonotonicInstant?
    private var failedProbes = 0
    private let probes: JitteredBackoff

    /// Makes the health of a target that was not tried yet; it counts as open.
    public init(target: DeliveryTarget) {
        probes = target == .journal ? Self.journalProbes : Self.webhookProbes
    }

    /// Whether no attempt at all may go out.
    public var isGone: Bool {
        if case .gone = state { true } else { false }
    }

    /// Whether only one attempt at a time may go out, not before ``nextProbe``.
    public var isTripped: Bool {
        if case .failing(_, _, let failures) = state { failures >= Self.tripsAt } else { false }
    }

    /// Gives the target a new chance.
    private mutating func reset() {
        state = .open
        isTold = false
    }

    /// Lets the next probe of a failing target go out at `time`, and gives one that had gone a new chance.
    public mutating func probe(at time: MonotonicInstant) {
        if isGone { reset() }
        nextProbe = min(nextProbe, time)
    }

    /// Lets a tripped target be probed at once, with waits that grow anew, because its settings may have been mended.
    public mutating func probeAnew() {
        failedProbes = 0
        probe(at: MonotonicInstant(nanoseconds: .min))
    }

    /// Notes an attempt's outcome.
    ///
    /// - Parameter isProbe: Whether the attempt began as the probe of a tripped target.
    public mutating func note(
        _ outcome: NotificationOutcome,
        isProbe: Bool,
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) -> Change? {
        switch (outcome, state) {
        case (.delivered, .failing(_, let since, let failures)):
            state = .open
            guard isTold else { return nil }
            isTold = false
            recoveredAt = now
            threshold = min(max(Self.tripsAt, threshold * 2), Self.highestThreshold)
            return .recovered(after: since.duration(to: now), failures: failures)
        case (.delivered, _):
            if let recoveredAt, recoveredAt.duration(to: now) > Self.calmAfterRecovery {
                threshold = 1
                self.recoveredAt = nil
            }
            return nil
        case (.gone(let problem), _):
            let wasGone = isGone
            state = .gone(problem)
            return wasGone ? nil : .gone(problem)
        case (.retry, .gone):
            return nil
        case (.retry(let problem), .open):
            return failed(problem, before: nil, since: now, failures: 1, isProbe: isProbe, now: now, using: &generator)
        case (.retry(let problem), .failing(let before, let since, let failures)):
            return failed(
                problem,
                before: before,
                since: since,
                failures: failures + 1,
                isProbe: isProbe,
                now: now,
                using: &generator
            )
        }
    }

    private mutating func failed(
        _ problem: NotificationProblem,
        before: NotificationProblem?,
        since: MonotonicInstant,
        failures: Int,
        isProbe: Bool,
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) -> Change? {
        let wasTripped = isTripped
        state = .failing(problem, since: since, failures: failures)
        if isTripped {
            if !wasTripped { failedProbes = 0 } else if isProbe { failedProbes += 1 }
            if !wasTripped || isProbe {
                nextProbe = now.advanced(by: probes.delay(afterTries: failedProbes, using: &generator))
            }
            if let hint = problem.retryAfter {
                nextProbe = max(nextProbe, now.advanced(by: min(hint, Self.longestHint)))
            }
        }
        let isNews = isTold ? before?.kind != problem.kind : failures >= threshold
        guard isNews else { return nil }
        isTold = true
        return .failing(problem, failures: failures)
    }
}
