/// Decides what a poll's result means for its job: what is put on disk and told, and when the job is polled next.
struct JobJudge: Sendable {
    /// What follows.
    struct Verdict {
        var actions: [JobPoller.Action] = []
        /// When the job is due again; `nil` where it has ended.
        var next: MonotonicInstant?
        /// Whether the job's record is among what is saved.
        var isSaved = false
        /// Whether counters changed that are not worth a transaction of their own.
        var isUnsaved = false

        fileprivate mutating func save(_ job: WatchedJob) {
            actions.append(.save(job.record))
            isSaved = true
        }

        fileprivate mutating func report(_ entry: JournalEntry) {
            actions.append(.report(entry))
        }
    }

    /// A lost job is asked for at most once in this time.
    private static let lostDelay = JitteredBackoff(shortest: .seconds(3600), longest: .seconds(4500))
    /// The most unknown statuses that are warned about.
    private static let mostWarnings = 100

    var settings: PollingSettings
    private let source: String
    private let region: String
    private let digest: JobEvent.Digest
    private var missing = MissingJobs()
    private var warnedStatuses: Set<String> = []

    init(source: String, region: String, settings: PollingSettings, digest: @escaping JobEvent.Digest) {
        self.source = source
        self.region = region
        self.settings = settings
        self.digest = digest
    }

    /// Notes a job that joins the list: whether the service knew it once.
    mutating func joined(_ job: WatchedJob) {
        if job.record.status != nil { missing.found() }
    }

    /// Has it said again that none exists, where that is still so.
    mutating func reloaded(mayBeOtherAccount: Bool) {
        missing.reloaded(mayBeOtherAccount: mayBeOtherAccount)
    }

    /// Takes a result.
    ///
    /// - Parameters:
    ///   - count: How many jobs the source has.
    ///   - serviceTime: The time by the service's clock.
    mutating func judge(
        _ result: PollResult,
        _ job: inout WatchedJob,
        count: Int,
        now: MonotonicInstant,
        wall: WallTime,
        serviceTime: WallTime,
        using generator: inout some RandomNumberGenerator
    ) -> Verdict {
        var verdict = Verdict()
        switch result {
        case .answered(let answer, let requestID):
            let change = job.take(answer, now: now, wall: wall, serviceTime: serviceTime)
            answered(answer, change, requestID, &job, now: now, wall: wall, &verdict)
            if change.end == nil { verdict.next = later(now, tries: job.unchangedPolls, using: &generator) }
        case .jobRefused(let refusal, let problem):
            verdict.next = refused(refusal, problem, &job, count: count, now: now, wall: wall, &generator, &verdict)
        case .throttled, .credentialsRefused, .unavailable:
            job.failed()
            tellOverdue(&job, answer: nil, previous: job.record.status, now: now, wall: wall, &verdict)
            verdict.next = later(now, tries: job.failedPolls - 1, using: &generator)
        }
        if let next = verdict.next { verdict.next = notAfterDeadline(next, of: job, now: now) }
        return verdict
    }

    private mutating func answered(
        _ answer: ImportJob,
        _ change: WatchedJob.Change,
        _ requestID: String?,
        _ job: inout WatchedJob,
        now: MonotonicInstant,
        wall: WallTime,
        _ verdict: inout Verdict
    ) {
        missing.found()
        if change.wasToldLost { verdict.report(entries.found(jobID: job.id)) }
        if let end = change.end {
            verdict.save(job)
            verdict.actions.append(tell(end, of: answer, previous: change.previous, requestID, wall: wall))
            return
        }
        warnAboutUnknownStatus(answer, &verdict)
        if tellOverdue(&job, answer: answer, previous: change.previous, requestID, now: now, wall: wall, &verdict) {
            return
        }
        if change.changedStatus || change.wasMissing {
            verdict.save(job)
        } else {
            verdict.isUnsaved = change.changedCounters
        }
    }

    private mutating func refused(
        _ refusal: JobRefusal,
        _ problem: ServiceProblem,
        _ job: inout WatchedJob,
        count: Int,
        now: MonotonicInstant,
        wall: WallTime,
        _ generator: inout some RandomNumberGenerator,
        _ verdict: inout Verdict
    ) -> MonotonicInstant {
        let passed = job.refused(now: now, wall: wall)
        let graceLeft = settings.notFoundGrace - (passed ?? .zero)
        guard passed != nil, graceLeft <= .zero else {
            if passed == nil {
                verdict.save(job)
                if refusal == .badRequest {
                    verdict.report(entries.refused(jobID: job.id, problem))
                }
            }
            let next = later(now, tries: job.unchangedPolls, using: &generator)
            return min(next, now.advanced(by: max(graceLeft, settings.minDelay)))
        }
        switch missing.verdict(wasToldLost: job.record.toldLost, count: count) {
        case .nothing: break
        case .noneExists: verdict.report(entries.noJobExists(count: count, problem))
        case .lost:
            job.noteToldLost()
            verdict.save(job)
            let previous = job.record.status
            verdict.actions.append(tell(.lost, of: job.lastKnown, previous: previous, problem.requestID, wall: wall))
        }
        return now.advanced(by: Self.lostDelay.delay(afterTries: 0, using: &generator))
    }

    /// Tells `overdue` once the deadline has passed; answers whether it did so now.
    ///
    /// - Parameter previous: The status before the answer; the job's own is the answer's already.
    @discardableResult
    private func tellOverdue(
        _ job: inout WatchedJob,
        answer: ImportJob?,
        previous: JobStatus?,
        _ requestID: String? = nil,
        now: MonotonicInstant,
        wall: WallTime,
        _ verdict: inout Verdict
    ) -> Bool {
        guard let overdueAt = job.overdueTime(deadline: settings.deadline), now >= overdueAt else { return false }
        job.noteToldOverdue()
        verdict.save(job)
        verdict.actions.append(tell(.overdue, of: answer ?? job.lastKnown, previous: previous, requestID, wall: wall))
        return true
    }

    private mutating func warnAboutUnknownStatus(_ answer: ImportJob, _ verdict: inout Verdict) {
        guard case .unknown(let raw) = answer.status, warnedStatuses.count < Self.mostWarnings,
            warnedStatuses.insert(raw).inserted
        else { return }
        verdict.report(entries.unknownStatus(of: answer))
    }

    private func tell(
        _ type: EventType,
        of job: ImportJob,
        previous: JobStatus?,
        _ requestID: String?,
        wall: WallTime
    ) -> JobPoller.Action {
        .tell(
            JobEvent(
                type,
                of: job,
                occurredAt: wall,
                source: source,
                region: region,
                previousStatus: previous,
                requestID: requestID,
                digest: digest
            )
        )
    }

    private var entries: SourceEntries { SourceEntries(source, region) }

    private func later(
        _ now: MonotonicInstant,
        tries: UInt16,
        using generator: inout some RandomNumberGenerator
    ) -> MonotonicInstant {
        now.advanced(by: settings.backoff.delay(afterTries: Int(tries), using: &generator))
    }

    /// Has a job asked for at its deadline, so that it is told as overdue in time.
    private func notAfterDeadline(_ next: MonotonicInstant, of job: WatchedJob, now: MonotonicInstant)
        -> MonotonicInstant
    {
        guard let overdueAt = job.overdueTime(deadline: settings.deadline), overdueAt > now else { return next }
        return min(next, max(overdueAt, now.advanced(by: settings.minDelay)))
    }
}
