/// A job under watch: what is remembered of it, and how its polls have gone since the start.
struct WatchedJob: Sendable {
    /// What an answer changed.
    struct Change {
        /// The status before.
        var previous: JobStatus?
        var changedStatus: Bool
        var changedCounters: Bool
        var wasMissing: Bool
        var wasToldLost: Bool
        /// How the job ended; `nil` where it has not.
        var end: EventType?
    }

    /// What is remembered from one run of the daemon to the next.
    private(set) var record: JobRecord
    /// When the job's time began that its deadline counts: its creation, else when it was first seen; on the clock that
    /// only goes on, so that a step of the other one changes nothing.
    private var begunAt: MonotonicInstant
    /// Since when the service does not know the job, on the clock that only goes on.
    private(set) var missingSince: MonotonicInstant?
    /// Polls in a row that changed nothing.
    private(set) var unchangedPolls: UInt16 = 0
    /// Polls in a row that brought no answer about the job.
    private(set) var failedPolls: UInt16 = 0

    /// A job that is seen for the first time.
    init(_ key: JobKey, source: String, now: MonotonicInstant, wall: WallTime) {
        record = JobRecord(key: key, source: source, firstSeenAt: wall)
        begunAt = now
    }

    /// A job that is remembered, whichever source watched it then.
    init(_ record: JobRecord, source: String, now: MonotonicInstant, wall: WallTime) {
        begunAt = Self.instant(of: record.createdAt ?? record.firstSeenAt, now: now, wall: wall)
        missingSince = record.notFoundSince.map { Self.instant(of: $0, now: now, wall: wall) }
        self.record = record
        self.record.source = source
    }

    var id: String { record.key.id }

    var isOver: Bool { record.finishedAt != nil }

    /// The job as far as it is known without a fresh answer.
    var lastKnown: ImportJob {
        ImportJob(
            id: id,
            status: record.status ?? .unanswered,
            processedRecords: record.processedRecords,
            failedRecords: record.failedRecords,
            createdAt: record.createdAt
        )
    }

    /// When the job becomes overdue; `nil` if it never does, or was told already.
    ///
    /// - Parameter deadline: How long it may take; zero means for ever.
    func overdueTime(deadline: Duration) -> MonotonicInstant? {
        guard deadline > .zero, !record.toldOverdue, missingSince == nil else { return nil }
        return begunAt.advanced(by: deadline)
    }

    // MARK: What polls bring

    /// Takes what the service says of the job.
    ///
    /// - Parameter serviceTime: The time by the service's own clock, for this machine's may be wrong.
    mutating func take(_ answer: ImportJob, now: MonotonicInstant, wall: WallTime, serviceTime: WallTime) -> Change {
        let change = Change(
            previous: record.status,
            changedStatus: record.status != answer.status,
            changedCounters: record.processedRecords != answer.processedRecords
                || record.failedRecords != answer.failedRecords,
            wasMissing: missingSince != nil,
            wasToldLost: record.toldLost,
            end: EventType(endOf: answer)
        )
        record.status = answer.status
        record.processedRecords = answer.processedRecords
        record.failedRecords = answer.failedRecords
        if record.createdAt == nil, let created = answer.createdAt {
            record.createdAt = created
            begunAt = Self.instant(of: created, now: now, wall: serviceTime)
        }
        record.answeredAt = wall
        record.notFoundSince = nil
        missingSince = nil
        record.toldLost = false
        if change.end != nil { record.finishedAt = wall }
        failedPolls = 0
        if change.changedStatus || change.changedCounters { unchangedPolls = 0 } else { unchangedPolls.count() }
        return change
    }

    /// Notes that the service does not know the job, or takes no such ID.
    ///
    /// - Returns: How long that has been so; `nil` where this is the first time in a row.
    mutating func refused(now: MonotonicInstant, wall: WallTime) -> Duration? {
        failedPolls = 0
        if let missingSince {
            unchangedPolls.count()
            return missingSince.duration(to: now)
        }
        record.notFoundSince = wall
        missingSince = now
        unchangedPolls = 0
        return nil
    }

    /// Notes a poll that said nothing about the job.
    mutating func failed() {
        failedPolls.count()
    }

    mutating func noteToldLost() {
        record.toldLost = true
    }

    mutating func noteToldOverdue() {
        record.toldOverdue = true
    }

    /// A past time on the clock that only goes on; one that lies ahead, since a clock was set back, counts as now.
    private static func instant(of time: WallTime, now: MonotonicInstant, wall: WallTime) -> MonotonicInstant {
        now.advanced(by: .zero - max(.zero, time.duration(to: wall)))
    }
}

extension UInt16 {
    /// Counts one more, and no further than the range.
    fileprivate mutating func count() {
        if self < .max { self += 1 }
    }
}
