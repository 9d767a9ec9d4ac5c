import Control
import Dispatch
import ImportWatch
import WatchConfiguration

extension Daemon: ControlHandler {
    /// What is going on, for the control socket.
    ///
    /// - Parameter job: Only this job is shown; all where it is `nil`.
    func status(job: String?) -> StatusReport {
        var overview = overview()
        overview.credentials = Dictionary(
            sources.runners.compactMap { runner in runner.signingCredentials.map { (runner.poller.source, $0) } }
        ) { first, _ in first }
        overview.dead = core.outbox.dead
        return overview.report(
            configuration: plan.configuration.path,
            state: plan.configuration.state.path,
            startedAt: startedAt,
            summary: summary(),
            job: job
        )
    }

    /// Reads the configuration anew; a bad one changes nothing.
    func reload() async -> ReloadVerdict {
        await withCheckedContinuation { continuation in
            reload { continuation.resume(returning: $0) }
        }
    }

    /// Reads the configuration anew, and calls `completion` once.
    ///
    /// One that is asked for while another is under way follows it, because that one may have read the files already.
    func reload(completion: @escaping @MainActor (ReloadVerdict) -> Void) {
        guard let turn = core.askForReload() else { return completion(.stopping) }
        awaitingReload[turn.number, default: []].append(completion)
        if turn.begins { beginReload() }
    }

    private func beginReload() {
        service.reloading(monotonicMicroseconds: environment.clock.monotonicMicroseconds())
        do throws(ConfigurationError) {
            let plan = try reader.read()
            try checkUnchangeable(plan)
            Task { await putInForce(plan) }
        } catch {
            refuse(error.lines)
        }
    }

    /// Answers those who asked for the reload that is over, and begins the next where somebody has asked meanwhile.
    private func finishReload(_ verdict: ReloadVerdict) {
        guard let (number, nextBegins) = core.finishReload() else { return }
        for completion in awaitingReload.removeValue(forKey: number) ?? [] { completion(verdict) }
        if nextBegins { beginReloadSoon() } else { service.ready(status: summary()) }
    }

    /// Begins a reload in a later turn of the loop: whoever asked for it is not kept waiting for the files meanwhile.
    func beginReloadSoon() {
        DispatchQueue.main.async { [weak self] in
            MainActor.assumeIsolated {
                guard let self, self.core.life.isRunning else { return }
                self.beginReload()
            }
        }
    }

    /// Answers everybody who waits for a reload that will not be done.
    func giveUpReloads() {
        for completion in awaitingReload.values.joined() { completion(.stopping) }
        awaitingReload = [:]
    }

    /// The state's path, as clients name it.
    var statePath: String { ControlPath.canonical(plan.configuration.state.path) }

    /// Looks deliveries up in the state.
    func deliveries(_ filter: DeliveryFilter) async throws(StateStoreError) -> DeliveryList {
        var list = try await store.deliveries(filter)
        let (now, wall) = (clock.now(), clock.wall())
        list.records = list.records.map { core.outbox.withExpectedAttempt($0, now: now, wall: wall) }
        return list
    }

    /// Makes deliveries pending in the state, and then sends them.
    func replay(_ selection: ReplaySelection) async throws(StateStoreError) -> Int {
        let replayed = try await store.replay(selection, at: clock.wall())
        let isOnlyPending = selection == .pending
        perform(core.replay(replayed, ifStillPending: isOnlyPending, now: clock.now(), wall: clock.wall()))
        reporter.report(.replayed(replayed.count))
        return replayed.count
    }

    /// Looks at the sources of the configuration in force, with the daemon's own variables and permissions.
    func examine(probe: String?) async -> [SourceFindings] {
        let doctor = Doctor(environment: environment, transport: transport, programs: examining)
        var findings = await doctor.findings(plan.configuration.sources, probe: probe)
        // What the polls met, an examination without one can't know.
        for index in findings.indices {
            let runner = sources.runners.first { $0.poller.source == findings[index].name }
            if let problem = runner.flatMap({ Remedy.line($0.poller.health.state) }) { findings[index].add(problem) }
        }
        return findings
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

    private func putInForce(_ plan: DaemonPlan) async {
        let stored: StoredState
        do throws(StateStoreError) {
            stored = try await store.load()
        } catch {
            guard core.life.isRunning else { return }
            return refuse([error.description])
        }
        guard core.life.isRunning else { return }
        lastReload = MetricsReport.Reload(wasSuccessful: true, lastSuccess: environment.clock.wall())
        reloadRefusal = nil
        let (added, removed) = apply(plan, records: stored.jobs)
        for entry in core.outbox.orphanReports { reporter.report(entry) }
        for warning in plan.warnings { reporter.report(.configurationWarning(warning.message, at: warning.place)) }
        reporter.report(.reloaded(added: added, removed: removed, summary: summary()))
        perform(core.noteChange())
        finishReload(
            ReloadVerdict(
                isAccepted: true,
                complaints: plan.warnings.map(\.description),
                added: added,
                removed: removed
            )
        )
    }

    private func refuse(_ lines: [String]) {
        lastReload.wasSuccessful = false
        let complaint = Redaction.redact(lines.first ?? "").inOneLine
        reloadRefusal = StatusReport.Refusal(at: environment.clock.wall(), complaint: String(complaint.prefix(500)))
        perform(core.noteChange())
        reporter.report(.reloadRefused(lines))
        finishReload(ReloadVerdict(isAccepted: false, complaints: lines))
    }
}

extension ReloadVerdict {
    /// The answer to those whose reload is not done any more.
    fileprivate static let stopping = ReloadVerdict(
        isAccepted: false,
        complaints: ["importwatchd is stopping"],
        isStopping: true
    )
}
