/// Decides when what is to be put on disk is committed, one transaction at a time, and what a commit's end means.
///
/// Legal transitions:
/// - idle → committing, by ``begin(isPruningDue:now:)``;
/// - committing → idle, by ``succeeded(now:)``;
/// - committing → idle or replacing, by ``failed(_:now:using:)``;
/// - replacing (a new state is being begun in the place of a damaged one) → idle, by ``replaced(with:)`` or
///   ``notReplaced(now:using:)``.
///
/// What can't be written stays, is tried again with growing waits, and counts as written for nobody until it is.
struct CommitSchedule: Sendable {
    private enum Phase {
        case idle
        case committing(StateBatch, since: MonotonicInstant)
        case replacing(StateBatch, StateStoreError)
    }

    /// What follows a commit that failed.
    enum Failure {
        /// It is tried again by and by; the entry is to be written, if there is one.
        case triedAgain(JournalEntry?)
        /// A new state is to be begun, with the damaged one put aside.
        case replace
    }

    private static let backoff = JitteredBackoff(shortest: .seconds(1), longest: .seconds(30))
    /// How long a commit may take before it is said.
    static let patience = Duration.seconds(30)

    /// Why the last commit failed, or that one hangs; `nil` when all is well.
    private(set) var problem: StateStoreError?
    private var phase = Phase.idle
    private var waiting = StateBatch()
    private var failures = 0
    private var failingSince: MonotonicInstant?
    private var notBefore: MonotonicInstant?
    private var replacements = ReplacementLimit()
    private var isStopping = false
    private var isGivenUp = false

    /// Whether something is being written, or waits to be; at a stop no longer once the last attempt failed.
    var hasWork: Bool {
        if case .idle = phase { !waiting.isEmpty && !isGivenUp } else { true }
    }

    /// When to come again: because an attempt failed, to see whether one hangs, or to prune.
    ///
    /// - Parameter pruning: When there is something to prune.
    func next(pruning: MonotonicInstant) -> MonotonicInstant? {
        switch phase {
        case .committing(_, let since): failingSince == nil ? since.advanced(by: Self.patience) : nil
        case .replacing: nil
        case .idle where waiting.isEmpty: notBefore.map { max($0, pruning) } ?? pruning
        case .idle: notBefore
        }
    }

    /// Adds to what is to be written.
    mutating func add(_ change: (inout StateBatch) -> Void) {
        change(&waiting)
    }

    /// Has everything that waits committed once more without regard to waits, since there is no later.
    mutating func stop() {
        isStopping = true
    }

    /// The batch to commit now, if there is one and it is time.
    ///
    /// - Parameter isPruningDue: Whether there is something to do though nothing waits.
    mutating func begin(isPruningDue: Bool, now: MonotonicInstant) -> StateBatch? {
        guard case .idle = phase, !isGivenUp, !waiting.isEmpty || isPruningDue else { return nil }
        if let notBefore, now < notBefore, !isStopping { return nil }
        let batch = waiting
        waiting = StateBatch()
        phase = .committing(batch, since: now)
        return batch
    }

    /// What is to be said of the commit under way: that it hangs, once.
    ///
    /// The loop goes on, for a restart would not mend a disk.
    mutating func noteSlowness(now: MonotonicInstant) -> JournalEntry? {
        guard case .committing(_, let since) = phase, failingSince == nil else { return nil }
        let time = since.duration(to: now)
        return time >= Self.patience ? tell(.slow(time), since: now) : nil
    }

    /// Notes that the commit under way succeeded; answers what is to be said.
    mutating func succeeded(now: MonotonicInstant) -> JournalEntry? {
        guard case .committing = phase else { preconditionFailure("a commit that did not begin, or ended before") }
        phase = .idle
        notBefore = nil
        guard let since = failingSince else { return nil }
        defer { (problem, failures, failingSince) = (nil, 0, nil) }
        return .stateAvailable(after: since.duration(to: now), failures: failures)
    }

    /// Notes that the commit under way failed; what it held waits again.
    mutating func failed(
        _ error: StateStoreError,
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) -> Failure {
        guard case .committing(let batch, _) = phase else {
            preconditionFailure("a commit that did not begin, or ended before")
        }
        phase = .replacing(batch, error)
        let mayReplace = error.asksForNewState && replacements.take(now: now, using: &generator)
        return mayReplace ? .replace : .triedAgain(notReplaced(now: now, using: &generator))
    }

    /// Notes that a new state was begun; it is written at once.
    ///
    /// - Parameter everything: All that is remembered.
    /// - Returns: What was wrong with the old one.
    mutating func replaced(with everything: StateBatch) -> StateStoreError {
        notBefore = nil
        return putBack(after: everything)
    }

    /// Notes that no new state could be begun; answers what is to be said.
    mutating func notReplaced(
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) -> JournalEntry? {
        let error = putBack(after: StateBatch())
        if isStopping { isGivenUp = true }
        let entry = tell(error, since: now)
        notBefore = now.advanced(by: Self.backoff.delay(afterTries: failures, using: &generator))
        failures += 1
        return entry
    }

    /// Has what was not written wait again, before what has come since; answers why it was not.
    private mutating func putBack(after everything: StateBatch) -> StateStoreError {
        guard case .replacing(let batch, let error) = phase else { preconditionFailure("nothing is being replaced") }
        phase = .idle
        var kept = everything
        kept.append(batch.withoutAttempts)
        kept.append(waiting)
        waiting = kept
        return error
    }

    private mutating func tell(_ error: StateStoreError, since now: MonotonicInstant) -> JournalEntry? {
        problem = error
        guard failingSince == nil else { return nil }
        failingSince = now
        return .stateUnavailable(error)
    }
}

/// Keeps a state that is damaged again and again, by a disk that lies, from being replaced again and again.
private struct ReplacementLimit: Sendable {
    private static let backoff = JitteredBackoff(shortest: .seconds(10), longest: .seconds(3600))
    /// After this time without damage the next one is a first one again.
    private static let calm = Duration.seconds(86_400)

    private var last: MonotonicInstant?
    private var notBefore: MonotonicInstant?
    private var count = 0

    /// Whether to replace it now; the first time at once, then with growing waits between.
    mutating func take(now: MonotonicInstant, using generator: inout some RandomNumberGenerator) -> Bool {
        if let last, last.duration(to: now) > Self.calm { (notBefore, count) = (nil, 0) }
        if let notBefore, now < notBefore { return false }
        notBefore = now.advanced(by: Self.backoff.delay(afterTries: count, using: &generator))
        last = now
        count += 1
        return true
    }
}

/// Decides when counters go to disk that changed without being worth a transaction of their own: with the next one, or
/// after a minute.
struct CounterSchedule: Sendable {
    private static let interval = Duration.seconds(60)

    private var savedAt: MonotonicInstant

    init(now: MonotonicInstant) {
        savedAt = now
    }

    /// When they have to be saved even if nothing else is.
    var next: MonotonicInstant { savedAt.advanced(by: Self.interval) }

    mutating func saved(now: MonotonicInstant) {
        savedAt = now
    }
}
