import Control
import CurlTransport
import Glibc
import ImportWatch
import Platform
import SQLiteStore
import Systemd
import WatchConfiguration

/// The daemon: puts all parts together and performs what its ``DaemonCore`` decides.
final class Daemon {
    let environment: DaemonEnvironment
    let reader: ConfigurationReader
    let reporter: Reporter
    let store: any StateStore & DeliveryArchive
    let transport: CurlTransport
    let sources: Sources
    let service = ServiceManager()
    let startedAt: WallTime
    var core: DaemonCore
    var random = SystemRandom()
    var metricsFile: MetricsFile?
    var lastReload: MetricsReport.Reload
    var reloadRefusal: StatusReport.Refusal?
    /// Who waits for which reload, by its number.
    var awaitingReload: [Int: [@MainActor (ReloadVerdict) -> Void]] = [:]
    private(set) var plan: DaemonPlan
    /// The programs that give credentials to those who examine sources.
    let examining = SpawnedPrograms()

    var clock: SystemClock { environment.clock }
    private let targets: Targets
    private let signalThread: SignalThread
    private var signals: SignalHandlers?
    private var timer: DeadlineTimer?
    private var control: ControlServer?
    private var pulse: ServicePulse?
    private var patience: StartPatience?

    init(
        plan: DaemonPlan,
        reader: ConfigurationReader,
        environment: DaemonEnvironment,
        signals: SignalThread
    ) throws(CurlSetupError) {
        self.plan = plan
        self.reader = reader
        self.environment = environment
        signalThread = signals
        let clock = environment.clock
        transport = try CurlTransport(userAgent: "importwatchd/\(importWatchVersion)", now: clock.now)
        let journal = Self.journal(environment)
        reporter = Reporter(journal: journal)
        store = SQLiteStore(path: plan.configuration.state.path)
        sources = Sources(environment: environment, transport: transport)
        targets = Targets(journal: journal, transport: transport, environment: environment, reporter: reporter)
        core = DaemonCore(now: clock.now(), wall: clock.wall(), slept: clock.sleptTime())
        startedAt = clock.wall()
        lastReload = MetricsReport.Reload(wasSuccessful: true, lastSuccess: startedAt)
    }

    static func journal(_ environment: DaemonEnvironment) -> JournalWriter {
        JournalWriter(
            identifier: "importwatchd",
            environment: environment.variables,
            now: { SystemClock().wall() }
        )
    }

    // MARK: Start

    func start() {
        patience = StartPatience(service: service)
        timer = DeadlineTimer(clock: clock) { [weak self] in self?.turn() }
        sources.onActions = { [weak self] in
            guard let self else { return }
            perform(core.take($0))
        }
        signals = SignalHandlers(
            signalThread,
            [
                SIGTERM: { [weak self] in self?.stop() },
                SIGINT: { [weak self] in self?.stop() },
                SIGHUP: { [weak self] in self?.reload { _ in } },
                SIGUSR1: { [weak self] in self?.reportSummary() },
            ]
        )
        Task {
            do throws(StateStoreError) {
                begin(with: try await loadState())
            } catch {
                await giveUp(error)
            }
        }
    }

    private func begin(with state: StoredState) {
        guard core.life.isStarting else { return }
        apply(plan, records: state.jobs)
        if !state.unreadable.isEmpty {
            reporter.report(.rowsUnreadable(state.unreadable, path: plan.configuration.state.path))
        }
        let actions = core.loaded(state, now: clock.now(), wall: clock.wall())
        perform(actions)
        for warning in plan.warnings { reporter.report(.configurationWarning(warning.message, at: warning.place)) }
        becomeReady()
    }

    /// Tells the service manager, once the state is read.
    private func becomeReady() {
        openControl()
        patience?.end()
        pulse = ServicePulse(service: service) { [weak self] in self?.timer?.fireSoon() }
        let line = summary()
        reporter.report(.started(line, configuration: plan.configuration.path))
        service.ready(status: line)
        turn()
    }

    private func openControl() {
        let path = ControlPath.server(
            statePath: plan.configuration.state.path,
            environment: environment.variables
        )
        do throws(ControlError) {
            control = try ControlServer(path: path, version: importWatchVersion, handler: self)
        } catch {
            reporter.report(.controlUnavailable(error.description))
        }
    }

    private func giveUp(_ error: StateStoreError) async {
        guard core.couldNotStart() else { return }
        var status = ExitCode.failure
        if case .inUse = error { status = ExitCode.stateInUse }
        signalThread.endSoon(status: status)
        reporter.report(.cannotStart(error.description))
        await reporter.drained()
        _exit(status)
    }

    // MARK: Turns

    /// Puts a plan in force; answers how many jobs came and went.
    @discardableResult
    func apply(_ plan: DaemonPlan, records: [JobRecord]) -> (added: Int, removed: Int) {
        let metricsPath = plan.configuration.metrics.textfile
        let change = sources.apply(plan.sources, records: records)
        core.configure(
            targets: targets.apply(plan.configuration.webhooks),
            keep: plan.configuration.state.keep,
            writesMetrics: metricsPath != nil
        )
        configureMetrics(path: metricsPath)
        self.plan = plan
        return change
    }

    private func turn() {
        if core.life.isRunning {
            if core.noticeSleep(clock.sleptTime()) { sources.resumed() }
            sources.turn()
        }
        let now = clock.now()
        let actions = core.turn(
            nextPoll: sources.nextTurn(now: now),
            unsaved: sources.hasUnsavedRecords ? { [sources] in sources.takeUnsavedRecords() } : nil,
            listed: { Set(sources.records.lazy.map(\.key)) },
            now: now,
            wall: clock.wall()
        )
        perform(actions)
        pulse?.turned()
    }

    func perform(_ actions: [DaemonCore.Action]) {
        for action in actions {
            switch action {
            case .commit(let batch): commit(batch)
            case .replaceState: replaceState()
            case .send(let delivery): send(delivery)
            case .report(let entry): reporter.report(entry)
            case .countDead: countDead()
            case .writeMetrics: writeMetrics()
            case .showStatus: showStatus()
            case .beginReload: beginReloadSoon()
            case .turnSoon: timer?.fireSoon()
            case .wake(let time): timer?.set(time)
            case .end(let wasRunning): end(wasRunning: wasRunning)
            }
        }
    }

    private func send(_ delivery: Delivery) {
        targets.send(delivery) { [weak self] outcome in
            guard let self else { return }
            let (now, wall) = (clock.now(), clock.wall())
            perform(core.finished(delivery.key, outcome, now: now, wall: wall, using: &random))
        }
    }

    private func showStatus() {
        let line = summary()
        if let line = core.statusToShow(line, now: clock.now()) { service.status(line) }
    }

    // MARK: Stop

    private func stop() {
        guard !core.life.isOver else { return }
        service.stopping()
        reporter.report(.stopping(summary()))
        let actions = core.stop(unsaved: sources.takeUnsavedRecords(), now: clock.now())
        giveUpReloads()
        control?.close()
        sources.stop()
        examining.endAll()
        perform(actions)
    }

    /// Closes everything; nothing holds that up for long, for the signal's thread ends the process in time.
    private func end(wasRunning: Bool) {
        timer?.cancel()
        transport.close()
        Task {
            if wasRunning {
                await store.close()
                await writeLastMetrics()
            }
            await reporter.drained()
            // Nothing is left for handlers of exit(3), which other threads would meet half done.
            _exit(ExitCode.stopped)
        }
    }
}
