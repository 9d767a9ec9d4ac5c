/// Whether a target takes notifications: a circuit breaker over all its deliveries.
///
/// Legal transitions:
/// - `.open` (all may go) → `.failing` at the first failure; `.failing` → `.failing` when the kind of trouble changes;
/// - `.failing` → `.open` at the first success;
/// - any → `.gone` when the receiver wants nothing more; `.gone` → `.open` only by ``reset()``, at reload or restart.
///
/// While failing, one attempt at a time goes out as a probe, with growing waits between, so that a dead receiver costs
/// little and the other deliveries keep their place in the retry schedule.
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

    private static let probeBackoff = JitteredBackoff(shortest: .seconds(5), longest: .seconds(300))

    /// How the target stands.
    public private(set) var state = State.open
    /// Not before this time goes the next probe out; matters only while failing.
    public private(set) var nextProbe = MonotonicInstant(nanoseconds: .min)

    /// Makes the health of a target that was not tried yet; it counts as open.
    public init() {}

    /// Whether no attempt at all may go out.
    public var isGone: Bool {
        if case .gone = state { true } else { false }
    }

    /// Whether one attempt at a time may go out, not before ``nextProbe``.
    public var isFailing: Bool {
        if case .failing = state { true } else { false }
    }

    /// Gives the target a new chance, at reload.
    public mutating func reset() {
        state = .open
    }

    /// Notes an attempt's outcome.
    public mutating func note(
        _ outcome: NotificationOutcome,
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) -> Change? {
        switch (outcome, state) {
        case (.delivered, .failing(_, let since, let failures)):
            state = .open
            return .recovered(after: since.duration(to: now), failures: failures)
        case (.delivered, _):
            return nil
        case (.gone(let problem), _):
            let wasGone = isGone
            state = .gone(problem)
            return wasGone ? nil : .gone(problem)
        case (.retry, .gone):
            return nil
        case (.retry(let problem), .open):
            state = .failing(problem, since: now, failures: 1)
            nextProbe = now.advanced(by: Self.probeBackoff.delay(afterTries: 0, using: &generator))
            return .failing(problem, failures: 1)
        case (.retry(let problem), .failing(let before, let since, let failures)):
            state = .failing(problem, since: since, failures: failures + 1)
            nextProbe = now.advanced(by: Self.probeBackoff.delay(afterTries: failures, using: &generator))
            return before.kind == problem.kind ? nil : .failing(problem, failures: failures + 1)
        }
    }
}
