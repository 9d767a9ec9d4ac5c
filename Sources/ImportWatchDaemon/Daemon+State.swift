import ImportWatch

/// What the daemon does about its state besides writing what changes.
extension Daemon {
    /// Reads the state; a damaged one is put aside, and the daemon starts anew.
    func loadState() async throws(StateStoreError) -> StoredState {
        do throws(StateStoreError) {
            return try await store.load()
        } catch {
            guard error.asksForNewState else { throw error }
            let name = try await store.setAside(at: environment.clock.wall())
            reporter.report(.stateSetAside(error, name: name))
            return try await store.load()
        }
    }

    /// All that is remembered, for a new state in place of one that got damaged under the daemon.
    var everything: StateBatch {
        var batch = outbox.everything
        batch.jobs = runners.flatMap { $0.poller.views().map(\.record) }
        return batch
    }

    /// Counts the deliveries that were given up anew, after some were replayed or forgotten.
    func recountDead() {
        let store = store
        Task {
            if let dead = try? await store.deadDeliveries() { outbox.dead = dead }
        }
    }

    /// Has what is old enough forgotten with the next commit, if it is time.
    func prune() {
        let pruning = pruner.due(
            now: environment.clock.now(),
            wall: environment.clock.wall(),
            keep: plan.configuration.state.keep,
            listed: { Set(runners.flatMap { $0.poller.views().map(\.record.key) }) }
        )
        if let pruning { writer.add { $0.pruning = pruning } }
    }
}
