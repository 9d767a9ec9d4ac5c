import ImportWatch
import TestSupport

/// A daemon of the real policy (pollers, outbox, commit schedule) between a service, a disk and receivers that fail at
/// random; what has to hold is noted from outside it.
struct ModelWorld {
    /// What is configured.
    struct Configuration {
        var sourceName = "first"
        var jobs: Set<Int> = []
        var webhooks: Set<String> = ["ops"]
    }

    /// What lives only as long as the process.
    private struct Process {
        var poller: JobPoller
        var outbox = Outbox()
        var commits = CommitSchedule()
        var polls: [(ticket: PollTicket, lands: MonotonicInstant)] = []
        var attempts: [(delivery: Delivery, lands: MonotonicInstant)] = []
        var commit: (batch: StateBatch, ends: MonotonicInstant)?
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
    /// How likely things go wrong, in percent.
    var trouble = 0
    var isDiskFull = false
    private var skewSeconds: Int64 = 0
    private var random: SeededGenerator
    private var process: Process

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        process = Process(poller: Self.poller("first", now: clock.now))
        start()
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

    // MARK: What people and machines do

    mutating func list(_ job: Int) {
        if ends[job] == nil { ends[job] = clock.now.advanced(by: .seconds(Int64(pick(0..<120)))) }
        configuration.jobs.insert(job)
        reload()
    }

    mutating func unlist(_ job: Int) {
        configuration.jobs.remove(job)
        reload()
    }

    mutating func renameSource(_ name: String) {
        configuration.sourceName = name
        reload()
    }

    mutating func toggleWebhook(_ name: String) {
        if configuration.webhooks.remove(name) == nil { configuration.webhooks.insert(name) }
        reload()
    }

    mutating func setWebhooks(_ names: Set<String>) {
        configuration.webhooks = names
        reload()
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

    private mutating func start() {
        process = Process(poller: Self.poller(configuration.sourceName, now: clock.now))
        applyConfiguration()
        process.outbox.restore(disk.pending, now: clock.now, wall: clock.wall)
    }

    private mutating func reload() {
        if process.poller.source == configuration.sourceName {
            process.poller.reloaded(now: clock.now, using: &random)
        } else {
            process.poller = Self.poller(configuration.sourceName, now: clock.now)
            process.polls = []
        }
        applyConfiguration()
    }

    private mutating func applyConfiguration() {
        let targets = Set([.journal] + configuration.webhooks.map(DeliveryTarget.webhook))
        process.outbox.keepTargets(targets)
        let retries = RetrySchedule(delays: [.seconds(5), .seconds(60), .seconds(300)], maxAge: .seconds(76 * 3600))
        for target in targets {
            process.outbox.setTarget(
                target,
                concurrency: 3,
                retries: target == .journal ? .journal : retries
            )
        }
        let records = disk.jobs
        let actions = process.poller.setJobs(
            configuration.jobs.sorted().map { "job-\($0)" },
            records: { records[JobKey(region: Self.region, id: $0)] },
            now: clock.now,
            wall: clock.wall,
            using: &random
        )
        perform(actions)
    }

    // MARK: The loop

    /// Lets everything happen that is due, and time pass to what comes next, at most by a limit.
    mutating func step(atMost limit: Duration) {
        turn()
        var moments = process.polls.map(\.lands) + process.attempts.map(\.lands)
        moments += [
            process.poller.nextPoll(now: clock.now), process.outbox.nextAttempt(now: clock.now), process.commit?.ends,
            process.commits.next(pruning: MonotonicInstant(nanoseconds: .max)),
        ].compactMap { $0 }
        let soon = clock.now.advanced(by: .milliseconds(1))
        let end = clock.now.advanced(by: limit)
        clock.advance(to: min(max(moments.min() ?? end, soon), end))
        land()
    }

    private mutating func turn() {
        for ticket in process.poller.duePolls(now: clock.now) {
            pollTimes.append(clock.now)
            process.polls.append((ticket, clock.now.advanced(by: .milliseconds(Int64(pick(10..<900))))))
        }
        for record in process.outbox.dueAttempts(now: clock.now, wall: clock.wall) {
            process.commits.add { $0.note(record) }
        }
        if let batch = process.commits.begin(isPruningDue: false, now: clock.now) {
            process.commit = (batch, clock.now.advanced(by: .milliseconds(Int64(pick(1..<50)))))
        }
    }

    private mutating func land() {
        if let commit = process.commit, commit.ends <= clock.now { end(commit.batch) }
        while let index = process.polls.firstIndex(where: { $0.lands <= clock.now }) {
            let ticket = process.polls.remove(at: index).ticket
            let answer = self.answer(ticket.jobID)
            perform(process.poller.handle(answer, for: ticket, now: clock.now, wall: clock.wall, using: &random))
        }
        while let index = process.attempts.firstIndex(where: { $0.lands <= clock.now }) {
            let delivery = process.attempts.remove(at: index).delivery
            let isTaken = !percent(trouble)
            if isTaken { arrivals[delivery.key, default: 0] += 1 }
            let problem = NotificationProblem(kind: "http_500", message: "no")
            let actions = process.outbox.finished(
                delivery.key,
                isTaken ? .delivered(httpStatus: 204) : .retry(problem),
                now: clock.now,
                wall: clock.wall,
                using: &random
            )
            for action in actions {
                switch action {
                case .record(let result): process.commits.add { $0.note(result) }
                case .report(let entry): if entry.kind == .deadLetter { badEntries.append(entry) }
                }
            }
        }
    }

    /// A commit fails before it is applied, or after, or succeeds.
    private mutating func end(_ batch: StateBatch) {
        process.commit = nil
        let fate = isDiskFull ? 0 : percent(trouble / 2) ? pick(0..<2) : 2
        let pending = fate == 0 ? [] : disk.apply(batch)
        guard fate == 2 else {
            let error = StateStoreError.diskFull(path: "s")
            _ = process.commits.failed(error, replacedBy: nil, now: clock.now, using: &random)
            return process.outbox.failed(batch, now: clock.now)
        }
        _ = process.commits.succeeded(now: clock.now)
        for delivery in process.outbox.committed(batch, pending: pending, now: clock.now, wall: clock.wall) {
            process.attempts.append((delivery, clock.now.advanced(by: .milliseconds(Int64(pick(10..<2000))))))
        }
    }

    private mutating func answer(_ id: String) -> PollResult {
        if percent(trouble) { return [.throttle, .outage, .denied][pick(0..<3)] }
        let isOver = Int(id.dropFirst("job-".count)).flatMap { ends[$0] }.map { $0 <= clock.now } ?? false
        return .job(id, isOver ? .failed : .processing, processed: Int64(pick(0..<9)))
    }

    private mutating func perform(_ actions: [JobPoller.Action]) {
        for action in actions {
            switch action {
            case .save(let record): process.commits.add { $0.note(record) }
            case .tell(let event):
                let new = process.outbox.tell(event)
                owed[new.event.id, default: Set(new.targets)].formIntersection(new.targets)
                process.commits.add { $0.note(new) }
            case .report(let entry): if entry.kind == .noJobExists { badEntries.append(entry) }
            }
        }
    }
}
