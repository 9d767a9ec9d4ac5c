import TestSupport

@testable import ImportWatch

/// A daemon of the real policy (a poller and the core that the program drives) between a service, a disk and receivers that
/// fail at random; what has to hold is noted from outside it.
///
/// A turn is had only when the core asks for one, so a deadline that it forgets shows as an event that is never told.
struct ModelWorld {
    /// What is configured.
    struct Configuration {
        var sourceName = "first"
        var jobs: Set<Int> = []
        var webhooks: Set<String> = ["ops"]
    }

    /// What lives only as long as the process.
    private struct Process {
        var core: DaemonCore
        var poller: JobPoller
        /// What the process has read of the configuration.
        var configuration: Configuration
        var loads: MonotonicInstant?
        var reload: (configuration: Configuration, lands: MonotonicInstant)?
        var polls: [(ticket: PollTicket, lands: MonotonicInstant)] = []
        var attempts: [(delivery: Delivery, lands: MonotonicInstant)] = []
        var commit: (batch: StateBatch, ends: MonotonicInstant)?
        var newState: MonotonicInstant?
        var isTurnDue = false
        var wake: MonotonicInstant?
    }

    static let region = "eu-west-1"
    static let rate = 2.0

    private(set) var clock = VirtualClock()
    private(set) var disk = ModelDisk()
    private(set) var configuration = Configuration()
    /// When each job ends.
    private(set) var ends: [Int: MonotonicInstant] = [:]
    private(set) var pollTimes: [MonotonicInstant] = []
    /// Successes at a receiver, by delivery, and how many of them a crash may have made the daemon repeat.
    private(set) var arrivals: [Delivery.Key: Int] = [:]
    private(set) var excused: [Delivery.Key: Int] = [:]
    /// Targets that were in force whenever an event was told.
    private(set) var owed: [String: Set<DeliveryTarget>] = [:]
    private(set) var badEntries: [JournalEntry] = []
    /// Stops that were over in good order.
    private(set) var goodStops = 0
    /// How likely things go wrong, in percent.
    var trouble = 0
    var isDiskFull = false
    var isDiskDamaged = false
    private var skewSeconds: Int64 = 0
    private var random: SeededGenerator
    private var process: Process

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        process = Self.process(configuration, clock)
        start()
    }

    private static func process(_ configuration: Configuration, _ clock: VirtualClock) -> Process {
        Process(
            core: DaemonCore(now: clock.now, wall: clock.wall, slept: .zero),
            poller: poller(configuration.sourceName, now: clock.now),
            configuration: configuration
        )
    }

    private static func poller(_ name: String, now: MonotonicInstant) -> JobPoller {
        let polling = PollingSettings(
            requestsPerSecond: rate,
            minDelay: .seconds(1),
            maxDelay: .seconds(20),
            deadline: .zero
        )
        return JobPoller(source: name, region: region, settings: polling, now: now)
    }

    mutating func percent(_ chance: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < chance
    }

    mutating func pick(_ range: Range<Int>) -> Int {
        Int.random(in: range, using: &random)
    }

    private mutating func soon(_ milliseconds: Range<Int>) -> MonotonicInstant {
        clock.now.advanced(by: .milliseconds(Int64(pick(milliseconds))))
    }

    // MARK: What people and machines do

    mutating func list(_ job: Int) {
        if ends[job] == nil { ends[job] = clock.now.advanced(by: .seconds(Int64(pick(0..<120)))) }
        configuration.jobs.insert(job)
        askForReload()
    }

    mutating func unlist(_ job: Int) {
        configuration.jobs.remove(job)
        askForReload()
    }

    mutating func renameSource(_ name: String) {
        configuration.sourceName = name
        askForReload()
    }

    mutating func toggleWebhook(_ name: String) {
        if configuration.webhooks.remove(name) == nil { configuration.webhooks.insert(name) }
        askForReload()
    }

    mutating func setWebhooks(_ names: Set<String>) {
        configuration.webhooks = names
        askForReload()
    }

    /// Has everything sent again that is pending in the state.
    mutating func replayPending() {
        guard process.core.life.isRunning else { return }
        let pending = disk.pending.filter { $0.target != .journal }
        perform(process.core.replay(pending, ifStillPending: true, now: clock.now, wall: clock.wall))
    }

    /// Sets the wall clock to some hours beside the right time.
    mutating func setClock(_ hours: Int) {
        let skew = Int64(hours) * 3600
        clock.setWall(by: .seconds(skew - skewSeconds))
        skewSeconds = skew
    }

    /// Ends the process at this very point: what was under way may or may not have happened.
    mutating func crash() {
        if let commit = process.commit, percent(50) { _ = disk.apply(commit.batch) }
        for (delivery, _) in process.attempts where percent(50) { arrivals[delivery.key, default: 0] += 1 }
        for (key, count) in arrivals where disk.deliveries[key]?.standing == .pending {
            excused[key] = count
        }
        start()
    }

    /// Asks the process to stop; it is started again when it has.
    mutating func stop() {
        guard !process.core.life.isOver else { return }
        process.polls = []
        perform(process.core.stop(unsaved: process.poller.takeUnsavedRecords(), now: clock.now))
    }

    // MARK: The process

    private mutating func start() {
        process = Self.process(configuration, clock)
        process.loads = soon(1..<50)
    }

    private mutating func load() {
        process.loads = nil
        guard process.core.life.isStarting else { return }
        apply(process.configuration)
        let state = StoredState(pendingDeliveries: disk.pending)
        perform(process.core.loaded(state, now: clock.now, wall: clock.wall))
        turn()
    }

    private mutating func askForReload() {
        if process.core.askForReload()?.begins == true { beginReload() }
    }

    private mutating func beginReload() {
        process.reload = (configuration, soon(1..<50))
    }

    private mutating func finishReload(_ configuration: Configuration) {
        process.reload = nil
        guard process.core.life.isRunning else { return }
        if process.poller.source == configuration.sourceName {
            process.poller.reloaded(now: clock.now, using: &random)
        } else {
            process.poller = Self.poller(configuration.sourceName, now: clock.now)
            process.polls = []
        }
        apply(configuration)
        if process.core.finishReload()?.nextBegins == true { beginReload() }
    }

    private mutating func apply(_ configuration: Configuration) {
        let retries = RetrySchedule(delays: [.seconds(5), .seconds(60), .seconds(300)], maxAge: .seconds(76 * 3600))
        var targets: [DeliveryTarget: TargetSettings] = [.journal: TargetSettings(concurrency: 3, retries: .journal)]
        for name in configuration.webhooks {
            targets[.webhook(name)] = TargetSettings(concurrency: 3, retries: retries)
        }
        process.core.configure(targets: targets, keep: .seconds(10_000 * 3600), writesMetrics: true)
        let records = disk.jobs
        let actions = process.poller.setJobs(
            configuration.jobs.sorted().map { "job-\($0)" },
            records: { records[JobKey(region: Self.region, id: $0)] },
            now: clock.now,
            wall: clock.wall,
            using: &random
        )
        take(actions)
    }

    // MARK: The loop

    /// Lets everything happen that is due, and time pass to what comes next, at most by a limit.
    mutating func step(atMost limit: Duration) {
        if process.isTurnDue || process.wake.map({ $0 <= clock.now }) == true { turn() }
        var moments = process.polls.map(\.lands) + process.attempts.map(\.lands)
        moments += [
            process.loads, process.reload?.lands, process.commit?.ends, process.newState, process.wake,
        ].compactMap { $0 }
        let soon = clock.now.advanced(by: .milliseconds(1))
        let end = process.isTurnDue ? soon : clock.now.advanced(by: limit)
        clock.advance(to: min(max(moments.min() ?? end, soon), end))
        land()
    }

    private mutating func turn() {
        process.isTurnDue = false
        process.wake = nil
        if process.core.life.isRunning {
            for ticket in process.poller.duePolls(now: clock.now) {
                pollTimes.append(clock.now)
                process.polls.append((ticket, soon(10..<900)))
            }
        }
        var poller = process.poller
        let actions = process.core.turn(
            nextPoll: poller.nextPoll(now: clock.now),
            unsaved: poller.hasUnsavedRecords ? { poller.takeUnsavedRecords() } : nil,
            listed: { Set(poller.records.map(\.key)) },
            now: clock.now,
            wall: clock.wall
        )
        process.poller = poller
        perform(actions)
    }

    private mutating func land() {
        if let loads = process.loads, loads <= clock.now { load() }
        if let reload = process.reload, reload.lands <= clock.now { finishReload(reload.configuration) }
        if let commit = process.commit, commit.ends <= clock.now { end(commit.batch) }
        if let newState = process.newState, newState <= clock.now { beginNewState() }
        while let index = process.polls.firstIndex(where: { $0.lands <= clock.now }) {
            let ticket = process.polls.remove(at: index).ticket
            let answer = self.answer(ticket.jobID)
            take(process.poller.handle(answer, for: ticket, now: clock.now, wall: clock.wall, using: &random))
        }
        while let index = process.attempts.firstIndex(where: { $0.lands <= clock.now }) {
            let delivery = process.attempts.remove(at: index).delivery
            let isTaken = !percent(trouble)
            if isTaken { arrivals[delivery.key, default: 0] += 1 }
            let problem = NotificationProblem(kind: "http_500", message: "no")
            let actions = process.core.finished(
                delivery.key,
                isTaken ? .delivered(httpStatus: 204) : .retry(problem),
                now: clock.now,
                wall: clock.wall,
                using: &random
            )
            perform(actions)
        }
    }

    /// A commit fails before it is applied, or after, or succeeds.
    private mutating func end(_ batch: StateBatch) {
        process.commit = nil
        let isFailing = isDiskFull || isDiskDamaged
        let fate = isFailing ? 0 : percent(trouble / 2) ? pick(0..<2) : 2
        let pending = fate == 0 ? [] : disk.apply(batch)
        if fate == 2 {
            return perform(process.core.committed(batch, pending: pending, now: clock.now, wall: clock.wall))
        }
        let error = StateStoreError(isDiskDamaged ? .damaged : .full, "s")
        perform(process.core.commitFailed(batch, error, now: clock.now, using: &random))
    }

    private mutating func beginNewState() {
        process.newState = nil
        if percent(trouble) { return perform(process.core.newStateNotBegun(now: clock.now, using: &random)) }
        disk = ModelDisk()
        isDiskDamaged = false
        perform(process.core.newStateBegun(setAside: "s.damaged", jobs: process.poller.records, now: clock.now))
    }

    private mutating func answer(_ id: String) -> PollResult {
        if percent(trouble) { return [.throttle, .outage, .denied][pick(0..<3)] }
        let isOver = Int(id.dropFirst("job-".count)).flatMap { ends[$0] }.map { $0 <= clock.now } ?? false
        return .job(id, isOver ? .failed : .processing, processed: Int64(pick(0..<9)))
    }

    private mutating func take(_ actions: [JobPoller.Action]) {
        for case .tell(let event) in actions {
            let targets = process.core.outbox.tell(event).targets
            owed[event.id, default: Set(targets)].formIntersection(targets)
        }
        perform(process.core.take(actions))
    }

    private mutating func perform(_ actions: [DaemonCore.Action]) {
        for action in actions {
            switch action {
            case .commit(let batch): process.commit = (batch, soon(1..<50))
            case .replaceState: process.newState = soon(1..<50)
            case .send(let delivery): process.attempts.append((delivery, soon(10..<2000)))
            case .report(let entry):
                if entry.kind == .noJobExists || entry.kind == .deadLetter { badEntries.append(entry) }
            case .showStatus: _ = process.core.statusToShow("\(process.core.outbox.pendingCount)", now: clock.now)
            case .beginReload: beginReload()
            case .turnSoon: process.isTurnDue = true
            case .wake(let time): process.wake = time
            case .end:
                let isGood =
                    process.commit == nil && process.attempts.isEmpty && process.core.stateProblem == nil
                // What is under way is cut off; where nothing is, nothing may be repeated later.
                guard isGood else { return crash() }
                goodStops += 1
                return start()
            case .countDead, .writeMetrics: break
            }
        }
    }
}
