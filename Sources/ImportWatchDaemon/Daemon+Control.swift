import Control
import ImportWatch
import WatchConfiguration

extension Daemon: ControlHandler {
    /// What is going on, for the control socket.
    func status() -> StatusReport {
        overview().report(
            configuration: plan.configuration.path,
            state: plan.configuration.state.path,
            startedAt: startedAt,
            summary: summary()
        )
    }

    /// Reads the configuration anew; a bad one changes nothing.
    func reload(completion: @escaping @MainActor (ReloadVerdict) -> Void) {
        guard !isStopping else {
            return completion(ReloadVerdict(isAccepted: false, complaints: ["importwatchd is stopping"]))
        }
        guard !isReloading else {
            return completion(ReloadVerdict(isAccepted: false, complaints: ["a reload is under way; try again"]))
        }
        isReloading = true
        service.reloading(monotonicMicroseconds: environment.clock.monotonicMicroseconds())
        do throws(ConfigurationError) {
            let plan = try reader.read()
            try checkUnchangeable(plan)
            Task { await putInForce(plan, completion: completion) }
        } catch {
            refuse(error.lines, completion: completion)
        }
    }

    /// What a running daemon can't change.
    private func checkUnchangeable(_ new: DaemonPlan) throws(ConfigurationError) {
        let (old, path) = (plan.configuration.state.path, new.configuration.state.path)
        guard old == path else {
            throw .unreadable(
                path: new.configuration.path,
                reason: "\(new.configuration.path): [state] path changed from \(old) to \(path); restart for that"
            )
        }
    }

    private func putInForce(_ plan: DaemonPlan, completion: @MainActor (ReloadVerdict) -> Void) async {
        let stored: StoredState
        do throws(StateStoreError) {
            stored = try await store.load()
        } catch {
            return refuse([error.description], completion: completion)
        }
        isReloading = false
        guard !isStopping else {
            return completion(ReloadVerdict(isAccepted: false, complaints: ["importwatchd is stopping"]))
        }
        let (added, removed) = apply(plan, jobs: stored.jobs)
        outbox.reportOrphans()
        for warning in plan.warnings { reporter.report(.configurationWarning(warning)) }
        reporter.report(.reloaded(added: added, removed: removed, summary: summary()))
        service.ready(status: summary())
        scheduleTurn()
        completion(
            ReloadVerdict(
                isAccepted: true,
                complaints: plan.warnings.map(\.description),
                added: Int64(added),
                removed: Int64(removed)
            )
        )
    }

    private func refuse(_ lines: [String], completion: @MainActor (ReloadVerdict) -> Void) {
        isReloading = false
        reporter.report(.reloadRefused(lines))
        service.ready(status: summary())
        completion(ReloadVerdict(isAccepted: false, complaints: lines))
    }
}
