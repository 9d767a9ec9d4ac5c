/// Something that happened to a job and that people are told, once.
public struct JobEvent: Hashable, Sendable {
    /// SHA-256, which the policy is handed since it computes none itself.
    public typealias Digest = @Sendable ([UInt8]) -> [UInt8]

    /// The same for the same Region, job and type on every machine and at every try; see ``identity(region:jobID:type:)``.
    public var id: String
    /// What happened.
    public var type: EventType
    /// When the daemon learnt of it.
    public var occurredAt: WallTime
    /// The name of the source that watched the job.
    public var source: String
    /// The AWS Region.
    public var region: String
    /// The job as the service last described it; for `lost` no more than what was known before.
    public var job: ImportJob
    /// The status before this one; `nil` if there was none.
    public var previousStatus: JobStatus?
    /// The service's request ID of the answer that told it.
    public var requestID: String?

    public init(
        id: String,
        type: EventType,
        occurredAt: WallTime,
        source: String,
        region: String,
        job: ImportJob,
        previousStatus: JobStatus? = nil,
        requestID: String? = nil
    ) {
        self.id = id
        self.type = type
        self.occurredAt = occurredAt
        self.source = source
        self.region = region
        self.job = job
        self.previousStatus = previousStatus
        self.requestID = requestID
    }

    /// Makes an event with the ID that it has everywhere.
    public init(
        _ type: EventType,
        of job: ImportJob,
        occurredAt: WallTime,
        source: String,
        region: String,
        previousStatus: JobStatus? = nil,
        requestID: String? = nil,
        digest: Digest
    ) {
        self.init(
            id: Self.id(digest: digest(Self.identity(region: region, jobID: job.id, type: type))),
            type: type,
            occurredAt: occurredAt,
            source: source,
            region: region,
            job: job,
            previousStatus: previousStatus,
            requestID: requestID
        )
    }

    /// The bytes whose SHA-256 makes the event's ID: Region, job ID and qualified type, each after its length as 32 bits, big-endian.
    public static func identity(region: String, jobID: String, type: EventType) -> [UInt8] {
        var bytes: [UInt8] = []
        for part in [region, jobID, type.qualifiedName] {
            let length = UInt32(truncatingIfNeeded: part.utf8.count)
            bytes.append(contentsOf: [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: length >> $0) })
            bytes.append(contentsOf: part.utf8)
        }
        return bytes
    }

    /// The event ID made from the SHA-256 `digest` of ``identity(region:jobID:type:)``: `evt_` and 32 hexadecimal digits.
    public static func id(digest: [UInt8]) -> String {
        "evt_" + digest.prefix(16).lazy.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
