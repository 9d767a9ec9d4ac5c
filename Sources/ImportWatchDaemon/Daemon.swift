import Control
import CurlTransport
import Dispatch
import Glibc
import ImportWatch
import Platform
import SQLiteStore
import Systemd
import WatchConfiguration
import Webhook

/// The daemon: puts all parts together and lets each turn of the loop do what is due.
final class Daemon {
    /// Counters of jobs that changed nothing else reach the disk this often.
    private static let saveInterval = Duration.seconds(60)

    let environment: DaemonEnvironment
    let reader: ConfigurationReader
    let reporter: Reporter
    let store: any StateStore & DeliveryArchive
    var pruner: StatePruner
    var metricsFile: MetricsFile?
    var metricsSchedule = MetricsSchedule()
    var lastReload: MetricsReport.Reload
    var reloadRefusal: ReloadRefusal?
    let writer: StateWriter
    let deliveries: DeliveryRunner
    let service = ServiceNotifier()
    private(set) var plan: DaemonPlan
    private(set) var runners: [SourceRunner] = []
    let startedAt: WallTime
    var reloads = ReloadRequests<@MainActor (ReloadVerdict) -> Void>()
    var isStopping = false

    let transport: CurlTransport
    /// The programs that give credentials to those who examine sources.
    let examining = SpawnedPrograms()
    private let journal: JournalWriter
    private let journalNotifier: JournalNotifier
    private var clock: SystemClock { environment.clock }
    private var timer: DeadlineTimer?
    private let signalThread: SignalThread
    private var signals: SignalHandlers?
    private var control: ControlServer?
    private var pulse: ServicePulse?
    private var patience: StartPatience?
    private var statusLine = StatusLine()
    private var savedAt: MonotonicInstant
    private var slept: Duration
    private var isTurnScheduled = false
    private var isLoaded = false
    private var webhooks: [String: WebhookNotifier] = [:]

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
        journal = Self.journal(environment)
        journalNotifier = JournalNotifier(journal: journal)
        reporter = Reporter(journal: journal)
        store = SQLiteStore(path: plan.configuration.state.path)
        writer = StateWriter(store: store, reporter: reporter, clock: clock)
        deliveries = DeliveryRunner(writer: writer, reporter: reporter, clock: clock)
        startedAt = clock.wall()
        savedAt = clock.now()
        pruner = StatePruner(now: clock.now(), wall: clock.wall())
        lastReload = MetricsReport.Reload(wasSuccessful: true, lastSuccess: clock.wall())
        slept = clock.sleptTime()
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
        deliveries.onChange = { [weak self] in
            self?.metricsSchedule.changed()
            self?.scheduleTurn()
        }
        connectWriter()
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
        guard !isStopping else { return }
        apply(plan, jobs: state.jobs)
        deliveries.setDead(state.deadDeliveries)
        deliveries.setUnreadable(state.unreadable.deliveries)
        deliveries.restore(state.pendingDeliveries)
        if !state.unreadable.isEmpty {
            reporter.report(.rowsUnreadable(state.unreadable, path: plan.configuration.state.path))
        }
        deliveries.reportOrphans()
        for warning in plan.warnings { reporter.report(.configurationWarning(warning.message, at: warning.place)) }
        isLoaded = true
        becomeReady()
    }

    /// Tells the service manager, once the state is read.
    private func becomeReady() {
        openControl()
        patience?.end()
        pulse = ServicePulse(service: service) { [weak self] in self?.scheduleTurn() }
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
        var status = ExitCode.failure
        if case .inUse = error { status = ExitCode.stateInUse }
        signalThread.endSoon(status: status)
        reporter.report(.cannotStart(error.description))
        await reporter.drained()
        _exit(status)
    }

    // MARK: Configuration

    /// Puts a plan in force; sources that stay keep their schedule.
    ///
    /// - Returns: How many jobs came and went.
    @discardableResult
    func apply(_ plan: DaemonPlan, jobs records: [JobRecord]) -> (added: Int, removed: Int) {
        let before = listedJobs(of: self.plan)
        let old = runners
        let kept = plan.sources.map { source in
            old.first { $0.poller.source == source.name && $0.poller.region == source.region }
        }
        let remembered = remembered(records, for: zip(plan.sources, kept))
        runners = zip(plan.sources, kept).map { source, kept in
            let runner = kept ?? makeRunner(source)
            if kept != nil { runner.configure(source.settings) }
            runner.setJobs(source.jobs, records: remembered)
            return runner
        }
        for runner in old where !runners.contains(where: { $0 === runner }) { runner.stop() }
        applyTargets(plan)
        configureMetrics(path: plan.configuration.metrics.textfile)
        self.plan = plan
        return change(from: old.isEmpty ? [] : before, to: listedJobs(of: plan))
    }

    /// What is remembered about jobs that are new to their sources: a million others may stay.
    private func remembered(
        _ records: [JobRecord],
        for sources: some Sequence<(DaemonPlan.Source, SourceRunner?)>
    ) -> [JobKey: JobRecord] {
        guard sources.contains(where: { $0.1 != nil }) else { return byKey(records) }
        var new: Set<JobKey> = []
        for (source, runner) in sources {
            for id in source.jobs where runner?.poller.isListed(id) != true {
                new.insert(JobKey(region: source.region, id: id))
            }
        }
        return byKey(records.filter { new.contains($0.key) })
    }

    private func byKey(_ records: [JobRecord]) -> [JobKey: JobRecord] {
        Dictionary(records.map { ($0.key, $0) }) { first, _ in first }
    }

    private func listedJobs(of plan: DaemonPlan) -> [(region: String, ids: [String])] {
        plan.sources.map { ($0.region, $0.jobs) }
    }

    /// How many jobs came and went; where the lists are the same, that is quickly said.
    private func change(
        from before: [(region: String, ids: [String])],
        to after: [(region: String, ids: [String])]
    ) -> (added: Int, removed: Int) {
        if before.elementsEqual(after, by: ==) { return (0, 0) }
        let (old, new) = (keys(before), keys(after))
        return (new.subtracting(old).count, old.subtracting(new).count)
    }

    private func keys(_ lists: [(region: String, ids: [String])]) -> Set<JobKey> {
        Set(lists.lazy.flatMap { list in list.ids.lazy.map { JobKey(region: list.region, id: $0) } })
    }

    private func makeRunner(_ source: DaemonPlan.Source) -> SourceRunner {
        let runner = SourceRunner(
            name: source.name,
            region: source.region,
            settings: source.settings,
            environment: environment,
            transport: transport
        )
        runner.onActions = { [weak self] in self?.perform($0) }
        return runner
    }

    private func applyTargets(_ plan: DaemonPlan) {
        deliveries.keepTargets(Set([.journal] + plan.configuration.webhooks.map { DeliveryTarget.webhook($0.name) }))
        deliveries.setTarget(.journal, notifier: journalNotifier, concurrency: 100, retries: .journal)
        var notifiers: [String: WebhookNotifier] = [:]
        let clock = clock
        for hook in plan.configuration.webhooks {
            let notifier =
                webhooks[hook.name]
                ?? WebhookNotifier(settings: hook, transport: transport, now: { clock.wall() })
            notifier.settings = hook
            notifier.willAttempt = keyRefresh(of: hook, notifier)
            notifiers[hook.name] = notifier
            deliveries.setTarget(
                .webhook(hook.name),
                notifier: notifier,
                events: hook.events,
                keepsFailedRecordsURL: hook.includesFailedRecordsURL,
                concurrency: hook.concurrency,
                retries: .webhook(maxAge: hook.maxAge)
            )
        }
        webhooks = notifiers
    }

    /// What gives a webhook the keys of a secret file that changed.
    private func keyRefresh(of hook: WebhookSettings, _ notifier: WebhookNotifier) -> () -> Void {
        guard let path = hook.secretFile else { return {} }
        let secrets = WebhookSecrets(path: path, files: environment.files)
        return { [weak notifier, reporter] in
            switch secrets.changedKeys() {
            case .success(let keys): notifier?.settings.keys = keys
            case .failure(let error): reporter.report(.secretsUnusable(webhook: hook.name, error.problems))
            case nil: break
            }
        }
    }

    // MARK: Turns

    private func perform(_ actions: [JobPoller.Action]) {
        for action in actions {
            switch action {
            case .save(let record): writer.add { $0.note(record) }
            case .tell(let outcome): deliveries.tell(outcome)
            case .report(let entry): reporter.report(entry)
            }
        }
        metricsSchedule.changed()
        scheduleTurn()
    }

    /// Has a turn follow the callbacks that are under way, so that what they leave goes in one transaction.
    func scheduleTurn() {
        guard !isTurnScheduled else { return }
        isTurnScheduled = true
        DispatchQueue.main.async { [weak self] in
            MainActor.assumeIsolated {
                self?.isTurnScheduled = false
                self?.turn()
            }
        }
    }

    private func turn() {
        guard isLoaded, !isStopping else { return }
        noticeSleep()
        for runner in runners { runner.turn() }
        deliveries.turn()
        let now = clock.now()
        let hasUnsaved = runners.contains { $0.poller.hasUnsavedRecords }
        if hasUnsaved, writer.hasWork || savedAt.duration(to: now) >= Self.saveInterval { saveCounters() }
        writer.commitWaiting()
        writeMetrics()
        let nextPoll = runners.compactMap { $0.nextTurn(now: now) }.min()
        let statusChange = updateStatus(nextPoll: nextPoll, now: now)
        let nextMetrics = metricsFile == nil ? nil : metricsSchedule.next
        let nextSave = hasUnsaved ? savedAt.advanced(by: Self.saveInterval) : nil
        let deadlines = [
            nextPoll, deliveries.nextTurn(now: now), writer.nextAttempt(pruning: pruner.next), nextSave,
            statusChange, nextMetrics,
        ]
        timer?.set(deadlines.compactMap { $0 }.min())
        pulse?.turned()
    }

    private func saveCounters() {
        savedAt = clock.now()
        for runner in runners {
            let records = runner.takeUnsavedRecords()
            writer.add { batch in for record in records { batch.note(record) } }
        }
    }

    private func noticeSleep() {
        let total = clock.sleptTime()
        if total - slept > .seconds(1) {
            for runner in runners { runner.resumed() }
        }
        slept = total
    }

    /// Sends the status line if it is time; answers when it will be for one that may have to wait.
    private func updateStatus(nextPoll: MonotonicInstant?, now: MonotonicInstant) -> MonotonicInstant? {
        if let chance = statusLine.waitsUntil(now: now) { return chance }
        let line = overview().line(nextPoll: nextPoll, pending: deliveries.outbox.pendingCount)
        if let line = statusLine.due(line, now: now) { service.status(line) }
        return nil
    }

    // MARK: Stop

    private func stop() {
        guard !isStopping else { return }
        let wasLoaded = isLoaded
        service.stopping()
        reporter.report(.stopping(summary()))
        isStopping = true
        timer?.cancel()
        giveUpReloads()
        control?.close()
        for runner in runners { runner.stop() }
        examining.endAll()
        // Nothing holds the stop up, not even a disk that hangs: the signal's thread ends it in time, and what is not
        // on disk then is asked for or sent again.
        Task {
            await finish(wasLoaded: wasLoaded)
            // Nothing is left for handlers of exit(3), which other threads would meet half done.
            _exit(ExitCode.stopped)
        }
    }

    /// Waits shortly for attempts under way, so that their results are not lost, and puts everything on disk.
    private func finish(wasLoaded: Bool) async {
        let limit = clock.now().advanced(by: .milliseconds(500))
        saveCounters()
        writer.stop()
        writer.commitWaiting()
        while clock.now() < limit, writer.hasWork || deliveries.outbox.inFlightCount > 0 {
            try? await Task.sleep(for: .milliseconds(5))
            writer.commitWaiting()
        }
        transport.close()
        if wasLoaded {
            await store.close()
            await writeLastMetrics()
        }
        await reporter.drained()
    }
}
