import Dispatch
import ImportWatch

/// Commits what turns of the loop leave to be put on disk, one transaction at a time, and says what is on disk.
///
/// What can't be written stays in memory, is tried again with growing waits, and is acknowledged to nobody until it is.
final class StateWriter {
    private static let backoff = JitteredBackoff(shortest: .seconds(1), longest: .seconds(30))

    /// Called with each batch that is on disk.
    var onCommitted: (StateBatch) -> Void = { _ in }
    /// Called with each batch that could not be written and is going to be tried again.
    var onFailed: (StateBatch) -> Void = { _ in }
    /// Whether the last attempt failed.
    private(set) var problem: StateStoreError?

    private let store: any StateStore
    private let reporter: Reporter
    private let clock: SystemClock
    private var random = SystemRandom()
    private var waiting = StateBatch()
    private var isCommitting = false
    private var failures = 0
    private var failingSince: MonotonicInstant?
    private var notBefore: MonotonicInstant?

    init(store: any StateStore, reporter: Reporter, clock: SystemClock) {
        self.store = store
        self.reporter = reporter
        self.clock = clock
    }

    var hasWork: Bool { isCommitting || !waiting.isEmpty }

    /// When ``commitWaiting()`` has to be called again because an attempt failed.
    var nextAttempt: MonotonicInstant? { waiting.isEmpty || isCommitting ? nil : notBefore }

    func add(_ change: (inout StateBatch) -> Void) {
        change(&waiting)
    }

    /// Commits what waits, unless a commit is under way; then it goes with the next.
    func commitWaiting() {
        guard !isCommitting, !waiting.isEmpty else { return }
        if let notBefore, clock.now() < notBefore { return }
        let batch = waiting
        waiting = StateBatch()
        isCommitting = true
        let store = store
        Task {
            do throws(StateStoreError) {
                try await store.commit(batch)
                isCommitting = false
                succeeded(batch)
            } catch {
                isCommitting = false
                failed(batch, error)
            }
        }
    }

    private func succeeded(_ batch: StateBatch) {
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
        onCommitted(batch)
    }

    private func failed(_ batch: StateBatch, _ error: StateStoreError) {
        let now = clock.now()
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
        notBefore = now.advanced(by: Self.backoff.delay(afterTries: failures, using: &random))
        failures += 1
        var kept = batch
        kept.attempts = []
        kept.jobs += waiting.jobs
        kept.events += waiting.events
        kept.attempts += waiting.attempts
        kept.results += waiting.results
        kept.forgottenJobs += waiting.forgottenJobs
        waiting = kept
        onFailed(batch)
    }
}
