/// Decides for one source which job is polled when, and what each answer means.
///
/// It asks for nothing itself: ``duePolls(now:)`` hands out polls, and ``handle(_:for:now:wall:serviceIsAhead:using:)`` takes
/// their results and answers what is to be done. Every request takes a token from the source's ``RequestPacer``.
public struct JobPoller: Sendable {
    /// What is to be done after a result or a change of the list.
    public enum Action: Hashable, Sendable {
        /// Put the job on disk with the next transaction.
        case save(JobRecord)
        /// Tell people what happened to a job, in the same transaction.
        case tell(JobEvent)
        /// Write an entry about the source or a job that is no event.
        case report(JournalEntry)
    }

    /// The source's name.
    public let source: String
    /// The source's AWS Region.
    public let region: String

    private var gate: SourceGate
    private var judge: JobJudge
    private var table = JobTable()
    private var schedule = PollSchedule()
    private var polls = PollsUnderWay()
    private var notes = JobNotes()
    /// The slots of jobs that were not found when they were last asked for.
    private var missing: Set<Int> = []
    /// The slots of jobs whose records on disk have older counters.
    private var unsaved: Set<Int> = []

    /// Makes the poller of a source without jobs; ``setJobs(_:records:now:wall:using:)`` gives it some.
    public init(
        source: String,
        region: String,
        settings: PollingSettings,
        digest: @escaping JobEvent.Digest,
        now: MonotonicInstant
    ) {
        self.source = source
        self.region = region
        gate = SourceGate(entries: SourceEntries(source, region), settings: settings, now: now)
        judge = JobJudge(source: source, region: region, settings: settings, digest: digest)
    }

    /// The request budget.
    public var pacer: RequestPacer { gate.pacer }

    /// Whether polls get through.
    public var health: SourceHealth { gate.health }

    /// Polls under way, those for removed jobs included.
    public var inFlight: Int { polls.count }

    // MARK: Asking

    /// The polls that are due and within the budget; each must be sent and its result handed to `handle`.
    public mutating func duePolls(now: MonotonicInstant) -> [PollTicket] {
        var tickets: [PollTicket] = []
        while isPollDue(now: now), gate.takeToken(now: now), let ticket = popDue(now: now) { tickets.append(ticket) }
        return tickets
    }

    /// Whether ``duePolls(now:)`` would hand out a poll; nothing is taken yet.
    public mutating func isPollDue(now: MonotonicInstant) -> Bool {
        guard let next = nextPoll(now: now) else { return false }
        return next <= now
    }

    /// When ``duePolls(now:)`` is to be called next; `nil` when only a result or a new job can bring a poll about.
    public mutating func nextPoll(now: MonotonicInstant) -> MonotonicInstant? {
        schedule.next().flatMap { gate.opening(for: $0, underWay: polls.count, now: now) }
    }

    /// Empties the request budget after the machine slept.
    public mutating func resumed(now: MonotonicInstant) {
        gate.resumed(now: now)
    }

    private mutating func popDue(now: MonotonicInstant) -> PollTicket? {
        guard let slot = schedule.popDue(now: now), let id = table[slot]?.id else { return nil }
        return polls.begin(id, slot: slot, now: now)
    }

    // MARK: Answers

    /// Takes the result of a poll and answers what is to be done.
    ///
    /// - Parameter offset: How far the service's clock is ahead of `wall`, as far as that is known (negative: behind).
    public mutating func handle(
        _ result: PollResult,
        for ticket: PollTicket,
        now: MonotonicInstant,
        wall: WallTime,
        serviceIsAhead offset: Duration = .zero,
        using generator: inout some RandomNumberGenerator
    ) -> [Action] {
        let slot = polls.end(ticket)
        let entries = gate.note(result, sentAt: ticket.sentAt, now: now, using: &generator)
        guard let slot, var job = table[slot] else { return entries.map(Action.report) }
        notes.note(result, before: job.record, slot: slot, wall: wall)
        let verdict = judge.judge(
            result,
            &job,
            count: table.count,
            now: now,
            wall: wall,
            serviceTime: wall.advanced(by: offset),
            using: &generator
        )
        table.update(slot, job)
        if let next = verdict.next { schedule.set(slot, due: next) }
        if job.missingSince == nil { missing.remove(slot) } else { missing.insert(slot) }
        if verdict.isSaved { unsaved.remove(slot) } else if verdict.isUnsaved { unsaved.insert(slot) }
        return entries.map(Action.report) + verdict.actions
    }

    /// Takes a poll back that says nothing about the source or the job, because it is worth repeating in another way
    /// (with other credentials, or another time in the signature): the job is due at once, and its next poll takes a
    /// token like any other.
    public mutating func takeBack(_ ticket: PollTicket, now: MonotonicInstant) {
        if let slot = polls.end(ticket) { schedule.set(slot, due: now) }
    }

    /// Notes that a poll was due but there were no credentials to sign it with.
    ///
    /// The job that is due first waits as after a refusal, and so does the source. Nothing was sent, so no token is spent.
    public mutating func couldNotAsk(
        _ problem: ServiceProblem,
        now: MonotonicInstant,
        wall: WallTime,
        using generator: inout some RandomNumberGenerator
    ) -> [Action] {
        let result = PollResult.credentialsRefused(problem)
        if let ticket = popDue(now: now) {
            return handle(result, for: ticket, now: now, wall: wall, using: &generator)
        }
        return gate.note(result, sentAt: now, now: now, using: &generator).map(Action.report)
    }

    /// Whether there are records for ``takeUnsavedRecords()``.
    public var hasUnsavedRecords: Bool { !unsaved.isEmpty }

    /// The records that changed without being worth a transaction of their own; they count as saved after this.
    public mutating func takeUnsavedRecords() -> [JobRecord] {
        defer { unsaved = [] }
        return unsaved.compactMap { table[$0]?.record }
    }

    // MARK: The list and the settings

    /// Takes a new list of jobs: new ones come due at random, removed ones are dropped, all others keep their schedule.
    ///
    /// - Parameters:
    ///   - ids: The IDs, each once.
    ///   - records: What is remembered about jobs, by ID; asked for new IDs only.
    /// - Returns: The records of jobs that are seen for the first time, to be saved.
    public mutating func setJobs(
        _ ids: [String],
        records: (String) -> JobRecord?,
        now: MonotonicInstant,
        wall: WallTime,
        using generator: inout some RandomNumberGenerator
    ) -> [Action] {
        for slot in table.slots(outside: Set(ids)) { drop(slot) }
        let added = ids.filter { !isListed($0) }
        let window = spread(of: added.count)
        table.reserve(added.count)
        var actions: [Action] = []
        for id in added where !isListed(id) {
            let job: WatchedJob
            if let record = records(id) {
                job = WatchedJob(record, source: source, now: now, wall: wall)
            } else {
                job = WatchedJob(JobKey(region: region, id: id), source: source, now: now, wall: wall)
                actions.append(.save(job.record))
            }
            judge.joined(job)
            let slot = table.insert(job)
            if job.missingSince != nil { missing.insert(slot) }
            guard !job.isOver else { continue }
            schedule.set(slot, due: now.advanced(by: .nanoseconds(Int64.random(in: 0...window, using: &generator))))
        }
        return actions
    }

    /// Whether a job is in the list.
    public func isListed(_ id: String) -> Bool { table.slot(of: id) != nil }

    /// Takes other settings in force; jobs that wait longer than they allow now are brought forward.
    public mutating func setSettings(_ settings: PollingSettings, now: MonotonicInstant) {
        let isShorter = settings.maxDelay < judge.settings.maxDelay
        judge.settings = settings
        gate.setSettings(settings, now: now)
        guard isShorter else { return }
        let latest = now.advanced(by: settings.maxDelay)
        for slot in table.indices where table[slot]?.record.toldLost == false {
            if let due = schedule.deadline(of: slot), due > latest { schedule.set(slot, due: latest) }
        }
    }

    /// Tries at once what failed under the configuration of before: the source, and the jobs that were not found.
    ///
    /// - Parameter mayBeOtherAccount: Whether the configuration may lead to another account now.
    public mutating func reloaded(
        mayBeOtherAccount: Bool = false,
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) {
        judge.reloaded(mayBeOtherAccount: mayBeOtherAccount)
        gate.probe(now: now)
        askForMissingJobs(now: now, using: &generator)
    }

    /// Whether there are jobs that were not found when they were last asked for.
    public var hasMissingJobs: Bool { !missing.isEmpty }

    /// Brings the jobs forward that were not found, as many as the budget lets through.
    public mutating func askForMissingJobs(now: MonotonicInstant, using generator: inout some RandomNumberGenerator) {
        let window = spread(of: missing.count)
        for slot in missing.sorted() {
            let due = now.advanced(by: .nanoseconds(Int64.random(in: 0...window, using: &generator)))
            if let planned = schedule.deadline(of: slot), planned > due { schedule.set(slot, due: due) }
        }
    }

    /// Over how many nanoseconds the polls of so many jobs are spread at random that could all come at once.
    private func spread(of count: Int) -> Int64 {
        let settings = judge.settings
        return Duration.seconds(min(Double(count) / settings.requestsPerSecond, settings.maxDelay.seconds)).nanoseconds
    }

    private mutating func drop(_ slot: Int) {
        table.remove(slot)
        schedule.remove(slot)
        polls.forget(slot)
        notes.forget(slot)
        missing.remove(slot)
        unsaved.remove(slot)
    }

    // MARK: What is shown

    /// A job as it stands.
    public struct JobView: Hashable, Sendable {
        /// What is remembered of it.
        public var record: JobRecord
        /// When its next poll is due; `nil` when it has ended or a poll is under way.
        public var nextPoll: MonotonicInstant?
        /// Records a second between the last two answers; `nil` where it does not move.
        public var recordsPerSecond: Double?
        /// What the service last said of it, where that was no good news; without secrets.
        public var problem: String?
    }

    /// Counts the jobs.
    public func counts() -> JobCounts {
        var counts = JobCounts()
        for slot in table.indices { if let job = table[slot] { counts.add(job.record) } }
        return counts
    }

    /// What is remembered of every job.
    public var records: [JobRecord] { table.indices.compactMap { table[$0]?.record } }

    /// Every job.
    public func views() -> [JobView] { table.indices.compactMap(view) }

    /// At most `limit` jobs: those told as lost or overdue first, then those that ended badly, those that have not ended,
    /// and the others.
    public func views(limit: Int) -> [JobView] {
        var ranks = JobUrgency.allCases.map { _ in [Int]() }
        for slot in table.indices {
            guard let rank = table[slot].map({ JobUrgency($0.record).rawValue }) else { continue }
            if ranks[rank].count < limit { ranks[rank].append(slot) }
        }
        return ranks.joined().prefix(limit).compactMap(view)
    }

    /// One job; `nil` where it isn't listed.
    public func view(ofJob id: String) -> JobView? { table.slot(of: id).flatMap(view) }

    private func view(_ slot: Int) -> JobView? {
        table[slot].map { job in
            JobView(
                record: job.record,
                nextPoll: schedule.deadline(of: slot),
                recordsPerSecond: notes.rate(of: slot),
                problem: notes.problem(of: slot)
            )
        }
    }
}

extension PollingSettings {
    var backoff: JitteredBackoff { JitteredBackoff(shortest: minDelay, longest: maxDelay) }
}
