/// An import job as SES answered it: every member of GetImportJob's response.
public struct ImportJob: Hashable, Sendable {
    /// Where the records go.
    public enum Destination: Hashable, Sendable {
        /// The account's suppression list; `action` is PUT or DELETE.
        case suppressionList(action: String)
        /// A contact list; `action` is PUT or DELETE.
        case contactList(name: String, action: String)
    }

    /// Where the records come from.
    public struct DataSource: Hashable, Sendable {
        /// The object's address, `s3://bucket/key`.
        public var s3URL: String
        /// CSV or JSON.
        public var format: String

        /// Makes a data source.
        public init(s3URL: String, format: String) {
            self.s3URL = s3URL
            self.format = format
        }
    }

    /// Why records, or the whole job, failed.
    public struct Failure: Hashable, Sendable {
        /// The service's words.
        public var message: String?
        /// A pre-signed address of the failed records: a secret.
        public var failedRecordsURL: String?

        /// Makes a failure.
        public init(message: String?, failedRecordsURL: String?) {
            self.message = message
            self.failedRecordsURL = failedRecordsURL
        }
    }

    /// The job's ID.
    public var id: String
    /// How far it has got.
    public var status: JobStatus
    /// Where the records go, if the service said.
    public var destination: Destination?
    /// Where the records come from, if the service said.
    public var dataSource: DataSource?
    /// Records processed so far, failed ones included.
    public var processedRecords: Int64?
    /// Records that failed so far.
    public var failedRecords: Int64?
    /// When the job was created.
    public var createdAt: WallTime?
    /// When the job ended.
    public var completedAt: WallTime?
    /// Why records failed, if some did.
    public var failure: Failure?

    /// Makes a job.
    public init(
        id: String,
        status: JobStatus,
        destination: Destination? = nil,
        dataSource: DataSource? = nil,
        processedRecords: Int64? = nil,
        failedRecords: Int64? = nil,
        createdAt: WallTime? = nil,
        completedAt: WallTime? = nil,
        failure: Failure? = nil
    ) {
        self.id = id
        self.status = status
        self.destination = destination
        self.dataSource = dataSource
        self.processedRecords = processedRecords
        self.failedRecords = failedRecords
        self.createdAt = createdAt
        self.completedAt = completedAt
        self.failure = failure
    }
}
