/// What a poll found out about a job and people are to be told: a ``JobEvent`` but for its ID, which takes a digest.
public struct JobOutcome: Hashable, Sendable {
    /// What happened.
    public var type: EventType
    /// When the daemon learnt of it.
    public var occurredAt: WallTime
    /// The name of the source.
    public var source: String
    /// The AWS Region.
    public var region: String
    /// The job as the service described it, or as far as it is known.
    public var job: ImportJob
    /// The status before.
    public var previousStatus: JobStatus?
    /// The service's request ID.
    public var requestID: String?
    /// What the service said, where an error told it.
    public var problem: ServiceProblem?

    /// Makes an outcome.
    public init(
        type: EventType,
        occurredAt: WallTime,
        source: String,
        region: String,
        job: ImportJob,
        previousStatus: JobStatus? = nil,
        requestID: String? = nil,
        problem: ServiceProblem? = nil
    ) {
        self.type = type
        self.occurredAt = occurredAt
        self.source = source
        self.region = region
        self.job = job
        self.previousStatus = previousStatus
        self.requestID = requestID
        self.problem = problem
    }

    /// The event, with the ID made by `digest`, a SHA-256.
    public func event(digest: ([UInt8]) -> [UInt8]) -> JobEvent {
        JobEvent(
            id: JobEvent.id(digest: digest(JobEvent.identity(region: region, jobID: job.id, type: type))),
            type: type,
            occurredAt: occurredAt,
            source: source,
            region: region,
            job: job,
            previousStatus: previousStatus,
            requestID: requestID
        )
    }
}
