import ImportWatch
import JSON

/// The operation GetImportJob: asks about one import job.
public struct GetImportJob: SESv2Operation {
    /// As the service model has it.
    public static let name = "GetImportJob"
    /// Its texts have at most some 20,000 bytes.
    public static let answerLimit = 128 << 10
    /// The most bytes of JSON for the error message.
    private static let messageLimit = 8000
    /// A pre-signed address longer than this is left out: cut off it would be of no use.
    private static let addressLimit = 16_384

    private let jobID: String

    /// - Parameter jobID: Any text: whatever it holds, it is sent as one label of the path.
    public init(jobID: String) {
        self.jobID = jobID
    }

    /// A GET of `/v2/email/import-jobs/{JobId}`.
    public var call: SESv2Call {
        SESv2Call(path: "/v2/email/import-jobs/" + URIEncoding.encode(jobID))
    }

    /// The two codes that are about the job.
    public static func refusal(_ code: String) -> JobRefusal? {
        switch code {
        case "NotFoundException": .notFound
        case "BadRequestException": .badRequest
        default: nil
        }
    }

    /// Reads the job, whose ID the answer need not repeat.
    public func read(_ answer: JSONCursor) throws(UnreadableAnswer) -> ImportJob {
        if let answered = answer["JobId"], !answered.isString(jobID) { throw .otherJob }
        return ImportJob(
            id: jobID,
            status: try answer.jobStatus(),
            destination: try answer.importDestination(),
            dataSource: try Self.dataSource(answer),
            processedRecords: try answer.count("ProcessedRecordsCount"),
            failedRecords: try answer.count("FailedRecordsCount"),
            createdAt: try answer.time("CreatedTimestamp"),
            completedAt: try answer.time("CompletedTimestamp"),
            failure: try Self.failure(answer)
        )
    }

    private static func dataSource(_ answer: JSONCursor) throws(UnreadableAnswer) -> ImportJob.DataSource? {
        guard let source = try answer.object("ImportDataSource") else { return nil }
        return ImportJob.DataSource(
            s3URL: try source.text("S3Url") ?? "",
            format: try source.text("DataFormat") ?? ""
        )
    }

    private static func failure(_ answer: JSONCursor) throws(UnreadableAnswer) -> ImportJob.Failure? {
        guard let failure = try answer.object("FailureInfo") else { return nil }
        return ImportJob.Failure(
            message: try failure.text("ErrorMessage", limit: messageLimit),
            failedRecordsURL: try failure.secret("FailedRecordsS3Url").flatMap {
                $0.utf8.count <= addressLimit ? $0 : nil
            }
        )
    }
}
