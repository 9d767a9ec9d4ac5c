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
    /// Whether the record on disk is older than this.
    var isUnsaved = false
    /// Whether a poll is under way.
    var isInFlight = false
    /// Polls in a row that changed nothing.
    var unchangedPolls: UInt16 = 0
    /// Polls in a row that brought no answer about the job.
    var failedPolls: UInt16 = 0

    init(id: String, firstSeenAt: WallTime) {
        self.id = id
        self.firstSeenAt = firstSeenAt
    }

    init(_ record: JobRecord) {
        id = record.key.id
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

    mutating func countUnchangedPoll() {
        unchangedPolls = unchangedPolls == .max ? .max : unchangedPolls + 1
    }

    mutating func countFailedPoll() {
        failedPolls = failedPolls == .max ? .max : failedPolls + 1
    }
}
