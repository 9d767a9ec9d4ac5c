/// Decides when what is to be put on disk is committed, one transaction at a time, and what a commit's end means.
///
/// Legal transitions: idle → committing, by ``begin(isPruningDue:now:)``; committing → idle, by ``succeeded(now:)`` or
/// ``failed(_:replacedBy:now:using:)``. What can't be written stays, is tried again with growing waits, and counts as
/// written for nobody until it is.
public struct CommitSchedule: Sendable {
    private static let backoff = JitteredBackoff(shortest: .seconds(1), longest: .seconds(30))

    /// Why the last commit failed, or that one hangs; `nil` when all is well.
    public private(set) var problem: StateStoreError?
    private var waiting = StateBatch()
    private var committing: (batch: StateBatch, since: MonotonicInstant)?
    private var failures = 0
    private var failingSince: MonotonicInstant?
    private var notBefore: MonotonicInstant?
    private var replacements = ReplacementLimit()
    private var isStopping = false
    private var isGivenUp = false
    private let patience: Duration

    /// Makes a schedule with nothing to write.
    ///
    /// - Parameter patience: How long a commit may take before it is said.
    public init(patience: Duration = .seconds(30)) {
        self.patience = patience
    }

    /// Whether something is being written, or waits to be; at a stop no longer once the last attempt failed.
    public var hasWork: Bool { committing != nil || (!waiting.isEmpty && !isGivenUp) }

    /// When to come again: because an attempt failed, to see whether one hangs, or to prune.
    ///
    /// - Parameter pruning: When there is something to prune.
    public func next(pruning: MonotonicInstant) -> MonotonicInstant? {
        if let committing { return failingSince == nil ? committing.since.advanced(by: patience) : nil }
        guard !waiting.isEmpty else { return notBefore.map { max($0, pruning) } ?? pruning }
        return notBefore
    }

    /// Adds to what is to be written.
    public mutating func add(_ change: (inout StateBatch) -> Void) {
        change(&waiting)
    }

    /// Has everything that waits committed once more without regard to waits, since there is no later.
    public mutating func stop() {
        isStopping = true
    }

    /// The batch to commit now, if there is one and it is time.
    ///
    /// - Parameter isPruningDue: Whether there is something to do though nothing waits.
    public mutating func begin(isPruningDue: Bool, now: MonotonicInstant) -> StateBatch? {
        guard committing == nil, !isGivenUp, !waiting.isEmpty || isPruningDue else { return nil }
        if let notBefore, now < notBefore, !isStopping { return nil }
        let batch = waiting
        waiting = StateBatch()
        committing = (batch, now)
        return batch
    }

    /// What is to be said of the commit under way: that it hangs, once.
    ///
    /// The loop goes on, for a restart would not mend a disk.
    public mutating func noteSlowness(now: MonotonicInstant) -> JournalEntry? {
        guard let committing, failingSince == nil else { return nil }
        let time = committing.since.duration(to: now)
        return time >= patience ? tell(.slow(time), since: now) : nil
    }

    /// Notes that the commit under way succeeded; answers what is to be said.
    public mutating func succeeded(now: MonotonicInstant) -> JournalEntry? {
        committing = nil
        notBefore = nil
        guard let since = failingSince else { return nil }
        defer { (problem, failures, failingSince) = (nil, 0, nil) }
        return .stateAvailable(after: since.duration(to: now), failures: failures)
    }

    /// Notes that the commit under way failed; what it held waits again.
    ///
    /// - Parameter everything: All that is remembered, where a new state was begun in the place of a damaged one.
    /// - Returns: What is to be said.
    public mutating func failed(
        _ error: StateStoreError,
        replacedBy everything: StateBatch?,
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) -> JournalEntry? {
        guard let batch = committing?.batch else { return nil }
        committing = nil
        var kept = everything ?? StateBatch()
        kept.append(batch.withoutAttempts)
        kept.append(waiting)
        waiting = kept
        if everything != nil {
            // The new state is written at once.
            notBefore = nil
            return nil
        }
        if isStopping { isGivenUp = true }
        let entry = tell(error, since: now)
        notBefore = now.advanced(by: Self.backoff.delay(afterTries: failures, using: &generator))
        failures += 1
        return entry
    }

    /// Whether a new state may be begun now in the place of one that is damaged.
    public mutating func mayReplace(now: MonotonicInstant, using generator: inout some RandomNumberGenerator) -> Bool {
        replacements.take(now: now, using: &generator)
    }

    private mutating func tell(_ error: StateStoreError, since now: MonotonicInstant) -> JournalEntry? {
        problem = error
        guard failingSince == nil else { return nil }
        failingSince = now
        return .stateUnavailable(error)
    }
}

/// Keeps a state that is damaged again and again, by a disk that lies, from being replaced again and again.
struct ReplacementLimit: Sendable {
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
