import Control
import CurlTransport
import Dispatch
import Glibc
import ImportWatch
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
    let writer: StateWriter
    let outbox: Outbox
    let service = ServiceNotifier()
    private(set) var plan: DaemonPlan
    private(set) var runners: [SourceRunner] = []
    let startedAt: WallTime
    var reloads = ReloadRequests<@MainActor (ReloadVerdict) -> Void>()
    var isStopping = false

    private let transport: CurlTransport
    private let journal: JournalWriter
    private let journalNotifier: JournalNotifier
    private var clock: SystemClock { environment.clock }
    private var timer: DeadlineTimer?
    private var signals: SignalHandlers?
    private var control: ControlServer?
    private var pulse: ServicePulse?
    private var patience: StartPatience?
    private var statusLine = StatusLine()
    private var savedAt: MonotonicInstant
    private var slept: Duration
    private var isTurnScheduled = false
    private var isLoaded = false
    private var areSignalsReady = false
    private var webhooks: [String: WebhookNotifier] = [:]

    init(plan: DaemonPlan, reader: ConfigurationReader, environment: DaemonEnvironment) throws(ConfigurationError) {
        self.plan = plan
        self.reader = reader
        self.environment = environment
        let clock = environment.clock
        do throws(CurlSetupError) {
            transport = try CurlTransport(userAgent: "importwatchd/\(importWatchVersion)")
        } catch {
            throw .unreadable(path: plan.configuration.path, reason: error.description)
        }
        journal = Self.journal(environment)
        journalNotifier = JournalNotifier(journal: journal)
        reporter = Reporter(journal: journal)
        store = SQLiteStore(path: plan.configuration.state.path)
        writer = StateWriter(store: store, reporter: reporter, clock: clock)
        outbox = Outbox(writer: writer, reporter: reporter, clock: clock)
        startedAt = clock.wall()
        savedAt = clock.now()
        pruner = StatePruner(now: clock.now())
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
        outbox.onChange = { [weak self] in
            self?.metricsSchedule.changed()
            self?.scheduleTurn()
        }
        outbox.onPruned = { [weak self] in self?.recountDead() }
        writer.everything = { [weak self] in self?.everything ?? StateBatch() }
        signals = SignalHandlers(
            [
                SIGTERM: { [weak self] in self?.stop() },
                SIGINT: { [weak self] in self?.stop() },
                SIGHUP: { [weak self] in self?.reload { _ in } },
                SIGUSR1: { [weak self] in self?.reportSummary() },
            ],
            whenReady: { [weak self] in
                self?.areSignalsReady = true
                self?.becomeReady()
            }
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
        outbox.restore(state.pendingDeliveries, dead: state.deadDeliveries)
        outbox.unreadable = state.unreadable.deliveries
        if !state.unreadable.isEmpty {
            reporter.report(.rowsUnreadable(state.unreadable, path: plan.configuration.state.path))
        }
        outbox.reportOrphans()
        for warning in plan.warnings { reporter.report(.configurationWarning(warning)) }
        isLoaded = true
        becomeReady()
    }

    /// Tells the service manager, once the state is read and no signal can be lost any more.
    private func becomeReady() {
        guard isLoaded, areSignalsReady, pulse == nil else { return }
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
        reporter.report(.cannotStart(error.description))
        await reporter.drained()
        if case .inUse = error { exit(ExitCode.stateInUse) }
        exit(ExitCode.failure)
    }

    // MARK: Configuration

    /// Puts a plan in force; sources that stay keep their schedule.
    ///
    /// - Returns: How many jobs came and went.
    @discardableResult
    func apply(_ plan: DaemonPlan, jobs records: [JobRecord]) -> (added: Int, removed: Int) {
        let before = jobKeys()
        let remembered = Dictionary(records.map { ($0.key, $0) }) { first, _ in first }
        let old = runners
        runners = plan.sources.map { source in
            let kept = old.first { $0.poller.source == source.name && $0.poller.region == source.region }
            let runner = kept ?? makeRunner(source)
            if kept != nil { runner.configure(source.settings) }
            runner.setJobs(source.jobs, records: remembered)
            return runner
        }
        for runner in old where !runners.contains(where: { $0 === runner }) { runner.stop() }
        applyTargets(plan)
        configureMetrics(path: plan.configuration.metrics.textfile)
        self.plan = plan
        let after = jobKeys()
        return (after.subtracting(before).count, before.subtracting(after).count)
    }

    private func jobKeys() -> Set<JobKey> {
        Set(plan.sources.isEmpty || runners.isEmpty ? [] : runners.flatMap { $0.poller.views().map(\.record.key) })
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
        outbox.keepTargets(Set([.journal] + plan.webhooks.map { DeliveryTarget.webhook($0.name) }))
        outbox.setTarget(.journal, notifier: journalNotifier, concurrency: 100, retries: .journal)
        var notifiers: [String: WebhookNotifier] = [:]
        let clock = clock
        for hook in plan.webhooks {
            let notifier =
                webhooks[hook.name]
                ?? WebhookNotifier(settings: hook.settings, transport: transport, now: { clock.wall() })
            notifier.settings = hook.settings
            notifier.willAttempt = keyRefresh(of: hook, notifier)
            notifiers[hook.name] = notifier
            outbox.setTarget(
                .webhook(hook.name),
                notifier: notifier,
                events: hook.events,
                keepsFailedRecordsURL: hook.settings.includesFailedRecordsURL,
                concurrency: hook.concurrency,
                retries: hook.retries
            )
        }
        webhooks = notifiers
    }

    /// What gives a webhook the keys of a secret file that changed.
    private func keyRefresh(of hook: DaemonPlan.Hook, _ notifier: WebhookNotifier) -> () -> Void {
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
            case .save(let record): writer.add { $0.jobs.append(record) }
            case .tell(let outcome): outbox.tell(outcome)
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
        outbox.turn()
        let now = clock.now()
        let hasUnsaved = runners.contains { $0.poller.hasUnsavedRecords }
        if hasUnsaved, writer.hasWork || savedAt.duration(to: now) >= Self.saveInterval { saveCounters() }
        prune()
        writer.commitWaiting()
        writeMetrics()
        let nextPoll = runners.compactMap { $0.nextTurn(now: now) }.min()
        let statusChange = updateStatus(nextPoll: nextPoll, now: now)
        let nextMetrics = metricsFile == nil ? nil : metricsSchedule.next
        let nextSave = hasUnsaved ? savedAt.advanced(by: Self.saveInterval) : nil
        let deadlines = [
            nextPoll, outbox.nextTurn(now: now), writer.nextAttempt, nextSave, statusChange, pruner.next, nextMetrics,
        ]
        timer?.set(deadlines.compactMap { $0 }.min())
        pulse?.turned()
    }

    private func saveCounters() {
        savedAt = clock.now()
        for runner in runners {
            let records = runner.takeUnsavedRecords()
            writer.add { $0.jobs += records }
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
        let line = overview().line(nextPoll: nextPoll, pending: outbox.pendingCount)
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
        // Nothing may hold the stop up, not even a disk that hangs: what is not on disk is asked for or sent again.
        DispatchQueue.main.asyncAfter(deadline: .now() + .milliseconds(900)) { exit(ExitCode.stopped) }
        Task {
            await finish(wasLoaded: wasLoaded)
            exit(ExitCode.stopped)
        }
    }

    /// Waits shortly for attempts under way, so that their results are not lost, and puts everything on disk.
    private func finish(wasLoaded: Bool) async {
        let limit = clock.now().advanced(by: .milliseconds(500))
        saveCounters()
        writer.commitWaiting()
        while clock.now() < limit, writer.hasWork || outbox.inFlightCount > 0 {
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
