/// A job under watch: what is remembered of it, and how its polls have gone since the start.
struct WatchedJob: Sendable {
    let id: String
    var status: JobStatus?
    var processedRecords: Int64?
    var failedRecords: Int64?
    var createdAt: WallTime?
    var firstSeenAt: WallTime
    var notFoundSince: WallTime?
    var finishedAt: WallTime?
    var answeredAt: WallTime?
    var toldLost = false
    var toldOverdue = false
    /// When the job's time began that its deadline counts: ``createdAt``, else ``firstSeenAt``, on the clock that only
    /// goes on, so that a step of the other one changes nothing.
    var begunAt: MonotonicInstant
    /// ``notFoundSince`` on the clock that only goes on.
    var missingSince: MonotonicInstant?
    /// Whether the record on disk is older than this.
    var isUnsaved = false
    /// Whether a poll is under way.
    var isInFlight = false
    /// Polls in a row that changed nothing.
    var unchangedPolls: UInt16 = 0
    /// Polls in a row that brought no answer about the job.
    var failedPolls: UInt16 = 0

    /// A job that is seen for the first time.
    init(id: String, now: MonotonicInstant, wall: WallTime) {
        self.id = id
        firstSeenAt = wall
        begunAt = now
    }

    init(_ record: JobRecord, now: MonotonicInstant, wall: WallTime) {
        id = record.key.id
        begunAt = Self.instant(of: record.createdAt ?? record.firstSeenAt, now: now, wall: wall)
        missingSince = record.notFoundSince.map { Self.instant(of: $0, now: now, wall: wall) }
        status = record.status
        processedRecords = record.processedRecords
        failedRecords = record.failedRecords
        createdAt = record.createdAt
        firstSeenAt = record.firstSeenAt
        notFoundSince = record.notFoundSince
        finishedAt = record.finishedAt
        answeredAt = record.answeredAt
        toldLost = record.toldLost
        toldOverdue = record.toldOverdue
    }

    func record(region: String, source: String) -> JobRecord {
        var record = JobRecord(key: JobKey(region: region, id: id), source: source, firstSeenAt: firstSeenAt)
        record.status = status
        record.processedRecords = processedRecords
        record.failedRecords = failedRecords
        record.createdAt = createdAt
        record.notFoundSince = notFoundSince
        record.toldLost = toldLost
        record.toldOverdue = toldOverdue
        record.finishedAt = finishedAt
        record.answeredAt = answeredAt
        return record
    }

    /// The job as far as it is known without a fresh answer.
    var lastKnown: ImportJob {
        ImportJob(
            id: id,
            status: status ?? .unanswered,
            processedRecords: processedRecords,
            failedRecords: failedRecords,
            createdAt: createdAt
        )
    }

    /// Takes the time at which the service first says that it created the job; by the service's own clock, for this
    /// machine's may be wrong.
    mutating func noteCreation(_ time: WallTime?, now: MonotonicInstant, serviceTime: WallTime) {
        guard createdAt == nil, let time else { return }
        createdAt = time
        begunAt = Self.instant(of: time, now: now, wall: serviceTime)
    }

    mutating func noteMissing(now: MonotonicInstant, wall: WallTime) {
        notFoundSince = wall
        missingSince = now
    }

    mutating func noteFound() {
        notFoundSince = nil
        missingSince = nil
    }

    /// A past time on the clock that only goes on; one that lies ahead, since a clock was set back, counts as now.
    private static func instant(of time: WallTime, now: MonotonicInstant, wall: WallTime) -> MonotonicInstant {
        now.advanced(by: .zero - max(.zero, time.duration(to: wall)))
    }

    mutating func countUnchangedPoll() {
        unchangedPolls = unchangedPolls == .max ? .max : unchangedPolls + 1
    }

    mutating func countFailedPoll() {
        failedPolls = failedPolls == .max ? .max : failedPolls + 1
    }
}
