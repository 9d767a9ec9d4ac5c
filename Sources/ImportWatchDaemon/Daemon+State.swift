import ImportWatch

/// What the daemon does about its state besides writing what changes.
extension Daemon {
    /// Reads the state; a damaged one is given up, and a new one begun.
    func loadState() async throws(StateStoreError) -> StoredState {
        do throws(StateStoreError) {
            return try await store.load()
        } catch {
            guard error.asksForNewState else { throw error }
            let name = try await store.beginAnew(at: environment.clock.wall())
            reporter.report(.stateSetAside(error, name: name))
            return try await store.load()
        }
    }

    /// Tells what is written and what is on disk to those whom it concerns.
    func connectWriter() {
        writer.everything = { [weak self] in self?.everything ?? StateBatch() }
        writer.isPruningDue = { [weak self] in self.map { $0.pruner.isDue(now: $0.environment.clock.now()) } ?? false }
        writer.pruning = { [weak self] in self?.pruning() }
        writer.onCommitted = { [weak self] batch, pending in
            self?.deliveries.committed(batch, pending: pending)
            if batch.pruning != nil { self?.recountDead() }
        }
        writer.onFailed = { [weak self] batch in
            guard let self else { return }
            if batch.pruning != nil { pruner.failed(now: environment.clock.now()) }
            deliveries.failed(batch)
        }
    }

    /// All that is remembered, for a new state in place of one that got damaged under the daemon.
    private var everything: StateBatch {
        StateBatch(
            jobs: runners.flatMap { $0.poller.views().map(\.record) },
            restored: deliveries.outbox.pendingDeliveries
        )
    }

    /// Counts the deliveries that were given up anew, after some were replayed or forgotten.
    func recountDead() {
        let store = store
        Task {
            if let dead = try? await store.deadDeliveries() { deliveries.setDead(dead) }
        }
    }

    /// What is old enough to be forgotten with the commit that begins, if it is time.
    private func pruning() -> StatePruning? {
        pruner.due(
            now: environment.clock.now(),
            wall: environment.clock.wall(),
            keep: plan.configuration.state.keep,
            listed: { Set(runners.flatMap { $0.poller.views().map(\.record.key) }) }
        )
    }
}
