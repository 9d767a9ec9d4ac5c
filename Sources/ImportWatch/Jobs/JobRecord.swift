/// What is remembered about a watched job from one run of the daemon to the next.
public struct JobRecord: Hashable, Sendable {
    /// Which job.
    public var key: JobKey
    /// The name of the source that watched it last.
    public var source: String
    /// The last status the service gave; `nil` before the first answer.
    public var status: JobStatus?
    /// Records processed at the last answer.
    public var processedRecords: Int64?
    /// Records failed at the last answer.
    public var failedRecords: Int64?
    /// When the job was created, as the service says.
    public var createdAt: WallTime?
    /// When the daemon first saw the job's ID.
    public var firstSeenAt: WallTime
    /// When the service first said that the job does not exist, in an unbroken row of such answers.
    public var notFoundSince: WallTime?
    /// Whether `lost` was told since the job was last found.
    public var toldLost: Bool
    /// Whether `overdue` was told.
    public var toldOverdue: Bool
    /// When the daemon learnt that the job had ended; `nil` while it is watched.
    public var finishedAt: WallTime?
    /// When the service last gave an answer about the job.
    public var answeredAt: WallTime?

    /// Makes the record of a job that was just seen for the first time.
    public init(key: JobKey, source: String, firstSeenAt: WallTime) {
        self.key = key
        self.source = source
        self.firstSeenAt = firstSeenAt
        toldLost = false
        toldOverdue = false
    }
}
