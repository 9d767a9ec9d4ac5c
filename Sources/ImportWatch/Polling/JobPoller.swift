/// Decides for one source which job is polled when, and what each answer means.
///
/// It asks for nothing itself: ``duePolls(now:)`` hands out polls, and ``handle(_:for:now:wall:using:)`` takes their
/// results and answers what is to be done. Every request takes a token from the source's ``RequestPacer``.
public struct JobPoller: Sendable {
    /// What is to be done after a result or a change of the list.
    public enum Action: Hashable, Sendable {
        /// Put the job on disk with the next transaction.
        case save(JobRecord)
        /// Tell people what happened to a job, in the same transaction.
        case tell(JobOutcome)
        /// Write an entry about the source or a job that is no event.
        case report(JournalEntry)
    }

    /// The most polls under way at once; a service that hangs must not pile up connections.
    static let maximumInFlight = 64
    /// A lost job is asked for at most once in this time.
    static let lostDelay = JitteredBackoff(shortest: .seconds(3600), longest: .seconds(4500))
    /// A source counts as free of throttling after this time at full pace.
    static let calmAfterThrottle = Duration.seconds(300)

    /// The source's name.
    public let source: String
    /// The source's AWS Region.
    public let region: String
    /// The settings in force.
    public internal(set) var settings: PollingSettings
    /// The request budget.
    public internal(set) var pacer: RequestPacer
    /// Whether polls get through.
    public internal(set) var health: SourceHealth
    /// Polls under way, those for removed jobs included.
    public internal(set) var inFlight = 0

    var jobs: [WatchedJob?] = []
    var slots: [String: Int] = [:]
    var schedule = PollSchedule()
    var watches: [UInt32] = []
    var freeSlots: [Int] = []
    var missing = MissingJobs()
    /// The slots of jobs that were not found when they were last asked for.
    var missingSlots: Set<Int> = []
    var toldThrottled = false
    var throttledAt: MonotonicInstant?
    var warnedStatuses: Set<String> = []
    var unsavedSlots: [Int] = []
    /// Records a second between the last two answers, of jobs that move.
    var rates: [Int: Double] = [:]
    /// What the service last said of jobs that are in trouble.
    var problems: [Int: String] = [:]

    /// Makes the poller of a source without jobs; ``setJobs(_:records:now:wall:using:)`` gives it some.
    public init(source: String, region: String, settings: PollingSettings, now: MonotonicInstant) {
        self.source = source
        self.region = region
        self.settings = settings
        pacer = RequestPacer(rate: settings.requestsPerSecond, now: now)
        health = SourceHealth(backoff: settings.backoff, now: now)
    }

    // MARK: Asking

    /// The polls that are due and within the budget; each must be sent and its result handed to `handle`.
    public mutating func duePolls(now: MonotonicInstant) -> [PollTicket] {
        var tickets: [PollTicket] = []
        while isPollDue(now: now), pacer.take(now: now), let ticket = popDue(now: now) { tickets.append(ticket) }
        return tickets
    }

    /// Whether ``duePolls(now:)`` would hand out a poll; nothing is taken yet.
    public mutating func isPollDue(now: MonotonicInstant) -> Bool {
        guard let next = nextPoll(now: now) else { return false }
        return next <= now
    }

    mutating func popDue(now: MonotonicInstant) -> PollTicket? {
        guard let slot = schedule.popDue(now: now), let id = jobs[slot]?.id else { return nil }
        jobs[slot]?.isInFlight = true
        inFlight += 1
        return PollTicket(jobID: id, sentAt: now, slot: slot, watch: watches[slot])
    }

    /// When ``duePolls(now:)`` is to be called next; `nil` when only a result or a new job can bring a poll about.
    public mutating func nextPoll(now: MonotonicInstant) -> MonotonicInstant? {
        guard inFlight < limitInFlight, let due = schedule.next() else { return nil }
        let gate = health.isProbing ? max(due, health.nextProbe) : due
        return max(gate, pacer.nextToken(now: max(now, gate)))
    }

    /// Empties the request budget after the machine slept.
    public mutating func resumed(now: MonotonicInstant) {
        pacer.empty(now: now)
    }

    var reports: SourceEntries { SourceEntries(source, region) }

    var limitInFlight: Int { health.isProbing ? 1 : Self.maximumInFlight }

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
        inFlight -= 1
        var actions: [Action] = []
        noteSource(result, sentAt: ticket.sentAt, now: now, using: &generator, actions: &actions)
        guard watches[ticket.slot] == ticket.watch, var job = jobs[ticket.slot] else { return actions }
        job.isInFlight = false
        let wasUnsaved = job.isUnsaved
        let next: MonotonicInstant?
        noteProgress(result, of: job, slot: ticket.slot, wall: wall)
        switch result {
        case .answered(let answer, let requestID):
            next = take(
                answer,
                requestID: requestID,
                job: &job,
                now: now,
                wall: wall,
                serviceTime: wall.advanced(by: offset),
                using: &generator,
                actions: &actions
            )
        case .jobRefused(let refusal, let problem):
            next = take(
                refusal,
                problem,
                job: &job,
                now: now,
                wall: wall,
                using: &generator,
                actions: &actions
            )
        case .throttled, .credentialsRefused, .unavailable:
            job.countFailedPoll()
            tellOverdue(
                &job,
                answer: nil,
                previous: job.status,
                requestID: nil,
                now: now,
                wall: wall,
                actions: &actions
            )
            next = now.advanced(by: settings.backoff.delay(afterTries: Int(job.failedPolls) - 1, using: &generator))
        }
        if let next {
            schedule.set(ticket.slot, due: notAfterDeadline(next, of: job, now: now))
        }
        if job.isUnsaved, !wasUnsaved { unsavedSlots.append(ticket.slot) }
        jobs[ticket.slot] = job
        if job.missingSince == nil { missingSlots.remove(ticket.slot) } else { missingSlots.insert(ticket.slot) }
        return actions
    }

    /// Whether there are records for ``takeUnsavedRecords()``.
    public var hasUnsavedRecords: Bool { !unsavedSlots.isEmpty }

    /// The records that changed without being worth a transaction of their own; they count as saved after this.
    public mutating func takeUnsavedRecords() -> [JobRecord] {
        var records: [JobRecord] = []
        for slot in unsavedSlots {
            guard let job = jobs[slot], job.isUnsaved else { continue }
            jobs[slot]?.isUnsaved = false
            records.append(job.record(region: region, source: source))
        }
        unsavedSlots = []
        return records
    }
}

extension PollingSettings {
    var backoff: JitteredBackoff { JitteredBackoff(shortest: minDelay, longest: maxDelay) }
}
