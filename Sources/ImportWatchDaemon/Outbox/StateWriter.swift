import Dispatch
import ImportWatch

/// Commits what turns of the loop leave to be put on disk, one transaction at a time, and says what is on disk.
///
/// What can't be written stays in memory, is tried again with growing waits, and is acknowledged to nobody until it is.
final class StateWriter {
    private static let backoff = JitteredBackoff(shortest: .seconds(1), longest: .seconds(30))

    /// Called with each batch that is on disk, and the IDs of its events that had been there before.
    var onCommitted: (StateBatch, Set<String>) -> Void = { _, _ in }
    /// Called with each batch that could not be written and is going to be tried again.
    var onFailed: (StateBatch) -> Void = { _ in }
    /// Everything that is remembered, for a new state in place of a damaged one.
    var everything: () -> StateBatch = { StateBatch() }
    /// Whether the last attempt failed.
    private(set) var problem: StateStoreError?

    private let store: any StateStore
    private let reporter: Reporter
    private let clock: SystemClock
    private var random = SystemRandom()
    private var waiting = StateBatch()
    private let patience: Duration
    private var committingSince: MonotonicInstant?
    private var failures = 0
    private var failingSince: MonotonicInstant?
    private var notBefore: MonotonicInstant?

    /// - Parameter patience: How long a commit may take before it is said.
    init(store: any StateStore, reporter: Reporter, clock: SystemClock, patience: Duration = .seconds(30)) {
        self.patience = patience
        self.store = store
        self.reporter = reporter
        self.clock = clock
    }

    var hasWork: Bool { committingSince != nil || !waiting.isEmpty }

    /// When ``commitWaiting()`` has to be called again: because an attempt failed, or to see whether one hangs.
    var nextAttempt: MonotonicInstant? {
        if let committingSince { return failingSince == nil ? committingSince.advanced(by: patience) : nil }
        return waiting.isEmpty ? nil : notBefore
    }

    func add(_ change: (inout StateBatch) -> Void) {
        change(&waiting)
    }

    /// Commits what waits, unless a commit is under way; then it goes with the next.
    func commitWaiting() {
        let now = clock.now()
        if let committingSince { return noteSlowness(committingSince.duration(to: now), now: now) }
        guard !waiting.isEmpty else { return }
        if let notBefore, now < notBefore { return }
        let batch = waiting
        waiting = StateBatch()
        committingSince = now
        let store = store
        Task {
            do throws(StateStoreError) {
                let known = try await store.commit(batch)
                committingSince = nil
                succeeded(batch, known)
            } catch {
                let isReplaced = await replaceDamaged(after: error)
                committingSince = nil
                failed(batch, error, isReplaced: isReplaced)
            }
        }
    }

    /// Begins a new state where the old one is damaged; it gets all that is remembered with the next commit.
    private func replaceDamaged(after error: StateStoreError) async -> Bool {
        guard error.asksForNewState, let name = try? await store.setAside(at: clock.wall()) else { return false }
        reporter.report(.stateSetAside(error, name: name))
        return true
    }

    private func succeeded(_ batch: StateBatch, _ known: Set<String>) {
        notBefore = nil
        if let failingSince {
            let time = failingSince.duration(to: clock.now()).inWords
            reporter.report(
                JournalEntry(
                    kind: .stateAvailable,
                    priority: .notice,
                    message: "the state can be written again after \(time) and \(failures) failed attempts"
                )
            )
            problem = nil
            failures = 0
            self.failingSince = nil
        }
        onCommitted(batch, known)
    }

    private func failed(_ batch: StateBatch, _ error: StateStoreError, isReplaced: Bool) {
        let now = clock.now()
        var kept = isReplaced ? everything() : StateBatch()
        kept.append(batch)
        kept.attempts = []
        kept.append(waiting)
        waiting = kept
        if !isReplaced { noteFailure(error, now: now) }
        onFailed(batch)
    }

    private func noteFailure(_ error: StateStoreError, now: MonotonicInstant) {
        tell(error, since: now)
        notBefore = now.advanced(by: Self.backoff.delay(afterTries: failures, using: &random))
        failures += 1
    }

    /// Says that a commit hangs; the loop goes on, and a restart would not mend a disk.
    private func noteSlowness(_ time: Duration, now: MonotonicInstant) {
        if time >= patience, failingSince == nil { tell(.slow(time), since: now) }
    }

    private func tell(_ error: StateStoreError, since now: MonotonicInstant) {
        if failingSince == nil {
            failingSince = now
            reporter.report(
                JournalEntry(
                    kind: .stateUnavailable,
                    priority: .critical,
                    message: "\(error); polling goes on, notifications wait until it can be written"
                )
            )
        }
        problem = error
    }
}
