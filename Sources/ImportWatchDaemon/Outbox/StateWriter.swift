import ImportWatch
import Platform

/// Performs what ``CommitSchedule`` decides: commits what turns of the loop leave to be put on disk, and says how it went.
final class StateWriter {
    /// Called with each batch that is on disk, and the deliveries that are pending for its events.
    var onCommitted: (StateBatch, [Delivery]) -> Void = { _, _ in }
    /// Called with each batch that could not be written and is going to be tried again.
    var onFailed: (StateBatch) -> Void = { _ in }
    /// Everything that is remembered, for a new state in place of a damaged one.
    var everything: () -> StateBatch = { StateBatch() }
    /// When there is something to prune though nothing else is to be written.
    var isPruningDue: () -> Bool = { false }
    /// What is to be pruned with the commit that begins.
    var pruning: () -> StatePruning? = { nil }

    private let store: any StateStore
    private let reporter: Reporter
    private let clock: SystemClock
    private var random = SystemRandom()
    private var schedule: CommitSchedule

    /// - Parameter patience: How long a commit may take before it is said.
    init(store: any StateStore, reporter: Reporter, clock: SystemClock, patience: Duration = .seconds(30)) {
        self.store = store
        self.reporter = reporter
        self.clock = clock
        schedule = CommitSchedule(patience: patience)
    }

    /// Why the last commit failed, or that one hangs.
    var problem: StateStoreError? { schedule.problem }

    var hasWork: Bool { schedule.hasWork }

    /// When ``commitWaiting()`` has to be called again.
    func nextAttempt(pruning: MonotonicInstant) -> MonotonicInstant? { schedule.next(pruning: pruning) }

    func add(_ change: (inout StateBatch) -> Void) {
        schedule.add(change)
    }

    /// Has everything committed once more without regard to waits.
    func stop() {
        schedule.stop()
    }

    /// Commits what waits, unless a commit is under way; then it goes with the next.
    func commitWaiting() {
        let now = clock.now()
        report(schedule.noteSlowness(now: now))
        guard var batch = schedule.begin(isPruningDue: isPruningDue(), now: now) else { return }
        batch.pruning = pruning()
        let (store, sent) = (store, batch)
        Task {
            do throws(StateStoreError) {
                let pending = try await store.commit(sent)
                report(schedule.succeeded(now: clock.now()))
                onCommitted(sent, pending)
            } catch {
                let isReplaced = await replaceDamaged(after: error)
                let everything = isReplaced ? everything() : nil
                report(schedule.failed(error, replacedBy: everything, now: clock.now(), using: &random))
                onFailed(sent)
            }
        }
    }

    /// Begins a new state where the old one is damaged; it gets all that is remembered with the next commit.
    private func replaceDamaged(after error: StateStoreError) async -> Bool {
        guard error.asksForNewState, schedule.mayReplace(now: clock.now(), using: &random),
            let name = try? await store.setAside(at: clock.wall())
        else { return false }
        reporter.report(.stateSetAside(error, name: name))
        return true
    }

    private func report(_ entry: JournalEntry?) {
        if let entry { reporter.report(entry) }
    }
}
