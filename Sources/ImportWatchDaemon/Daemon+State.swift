import ImportWatch

/// What the daemon does about its state.
extension Daemon {
    /// Reads the state; a damaged one is given up, and a new one begun.
    func loadState() async throws(StateStoreError) -> StoredState {
        do throws(StateStoreError) {
            return try await store.load()
        } catch {
            guard error.asksForNewState else { throw error }
            let name = try await store.beginAnew(at: clock.wall())
            reporter.report(.stateSetAside(error, name: name))
            return try await store.load()
        }
    }

    func commit(_ batch: StateBatch) {
        let store = store
        Task {
            do throws(StateStoreError) {
                let pending = try await store.commit(batch)
                perform(core.committed(batch, pending: pending, now: clock.now(), wall: clock.wall()))
            } catch {
                perform(core.commitFailed(batch, error, now: clock.now(), using: &random))
            }
        }
    }

    /// Begins a new state where the old one got damaged under the daemon.
    func replaceState() {
        let store = store
        Task {
            if let name = try? await store.beginAnew(at: clock.wall()) {
                perform(core.newStateBegun(setAside: name, jobs: sources.records, now: clock.now()))
            } else {
                perform(core.newStateNotBegun(now: clock.now(), using: &random))
            }
        }
    }

    /// Counts the deliveries that were given up anew, after some were replayed or forgotten.
    func countDead() {
        let store = store
        Task {
            if let dead = try? await store.deadDeliveries() { core.setDead(dead) }
        }
    }
}
