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
            runners.compactMap { runner in runner.signingCredentials.map { (runner.poller.source, $0) } }
        ) { first, _ in first }
        overview.dead = deliveries.outbox.dead
        return overview.report(
            configuration: plan.configuration.path,
            state: plan.configuration.state.path,
            startedAt: startedAt,
            summary: summary(),
            job: job
        )
    }

    /// Reads the configuration anew; a bad one changes nothing.
    ///
    /// One that is asked for while another is under way follows it, because that one may have read the files already.
    func reload(completion: @escaping @MainActor (ReloadVerdict) -> Void) {
        guard !isStopping else { return completion(.stopping) }
        if reloads.ask(completion) { beginReload() }
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
        let (answered, goesOn) = reloads.finished()
        for completion in answered { completion(verdict) }
        guard goesOn else { return service.ready(status: summary()) }
        DispatchQueue.main.async { [weak self] in
            MainActor.assumeIsolated {
                guard let self, !self.isStopping else { return }
                self.beginReload()
            }
        }
    }

    /// Answers everybody who waits for a reload that will not be done.
    func giveUpReloads() {
        for completion in reloads.giveUp() { completion(.stopping) }
    }

    /// The state's path, as clients name it.
    var statePath: String { ControlPath.canonical(plan.configuration.state.path) }

    /// Looks deliveries up in the state.
    func deliveries(
        _ filter: DeliveryFilter,
        completion: @escaping @MainActor (Result<DeliveryList, StateStoreError>) -> Void
    ) {
        let store = store
        Task {
            do throws(StateStoreError) {
                var list = try await store.deliveries(filter)
                let (now, wall) = (environment.clock.now(), environment.clock.wall())
                list.records = list.records.map { record in
                    self.deliveries.outbox.withExpectedAttempt(record, now: now, wall: wall)
                }
                completion(.success(list))
            } catch {
                completion(.failure(error))
            }
        }
    }

    /// Makes deliveries pending in the state, and then sends them.
    func replay(
        _ selection: ReplaySelection,
        completion: @escaping @MainActor (Result<Int, StateStoreError>) -> Void
    ) {
        let (store, time) = (store, environment.clock.wall())
        Task {
            do throws(StateStoreError) {
                let replayed = try await store.replay(selection, at: time)
                self.deliveries.replay(replayed, ifStillPending: selection == .pending)
                reporter.report(.replayed(replayed.count))
                recountDead()
                completion(.success(replayed.count))
            } catch {
                completion(.failure(error))
            }
        }
    }

    /// Looks at the sources of the configuration in force, with the daemon's own variables and permissions.
    func examine(probe: String?, completion: @escaping @MainActor ([SourceFindings]) -> Void) {
        let examination = Doctor(environment: environment, transport: transport, programs: examining)
        let sources = plan.configuration.sources
        Task {
            var findings = await examination.findings(sources, probe: probe)
            // What the polls met, an examination without one can't know.
            for index in findings.indices {
                let runner = runners.first { $0.poller.source == findings[index].name }
                if let problem = runner.flatMap({ Remedy.line($0.poller.health.state) }) {
                    findings[index].add(problem)
                }
            }
            completion(findings)
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

    private func putInForce(_ plan: DaemonPlan) async {
        let stored: StoredState
        do throws(StateStoreError) {
            stored = try await store.load()
        } catch {
            guard !isStopping else { return }
            return refuse([error.description])
        }
        guard !isStopping else { return }
        lastReload = MetricsReport.Reload(wasSuccessful: true, lastSuccess: environment.clock.wall())
        reloadRefusal = nil
        let (added, removed) = apply(plan, jobs: stored.jobs)
        deliveries.reportOrphans()
        for warning in plan.warnings { reporter.report(.configurationWarning(warning.message, at: warning.place)) }
        reporter.report(.reloaded(added: added, removed: removed, summary: summary()))
        scheduleTurn()
        finishReload(
            ReloadVerdict(
                isAccepted: true,
                complaints: plan.warnings.map(\.description),
                added: Int64(added),
                removed: Int64(removed)
            )
        )
    }

    private func refuse(_ lines: [String]) {
        lastReload.wasSuccessful = false
        let complaint = Redaction.redact(lines.first ?? "").inOneLine
        reloadRefusal = ReloadRefusal(at: environment.clock.wall(), complaint: String(complaint.prefix(500)))
        metricsSchedule.changed()
        scheduleTurn()
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
