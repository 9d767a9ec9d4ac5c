import ImportWatch
import JSON

/// Reads GetImportJob's answer; its texts lose their secrets and their excess here, before anything keeps them.
enum ImportJobDecoder {
    /// The most bytes of JSON for the error message, and for any other text.
    private static let messageLimit = 8000
    private static let textLimit = 2000
    /// The longest status; the service's own have at most 10 characters.
    private static let statusLimit = 64
    /// A pre-signed address longer than this is left out: cut off it would be of no use.
    private static let addressLimit = 16_384

    /// Why an answer can't be taken for the job's description.
    enum Problem: Error, Equatable, CustomStringConvertible {
        case notJSON(JSONError)
        case notAnObject
        case noStatus
        case otherJob
        case wrongType(member: String)

        var description: String {
            switch self {
            case .notJSON(let error): error.description
            case .notAnObject: "it is no JSON object"
            case .noStatus: "it has no JobStatus"
            case .otherJob: "its JobId is not the one asked for"
            case .wrongType(let member): "its \(member) has the wrong type"
            }
        }
    }

    static func decode(_ body: [UInt8], jobID: String) throws(Problem) -> ImportJob {
        let root: JSONCursor
        do {
            root = try JSONCursor(decoding: body)
        } catch {
            throw .notJSON(error)
        }
        return try decode(root, jobID: jobID)
    }

    private static func decode(_ root: JSONCursor, jobID: String) throws(Problem) -> ImportJob {
        guard root.isObject else { throw .notAnObject }
        if let answered = root["JobId"], !answered.isString(jobID) { throw .otherJob }
        let status = try text(root, "JobStatus", limit: statusLimit)
        guard let status, !status.isEmpty else { throw .noStatus }
        return ImportJob(
            id: jobID,
            status: JobStatus(rawValue: status),
            destination: try destination(root),
            dataSource: try dataSource(root),
            processedRecords: try integer(root, "ProcessedRecordsCount"),
            failedRecords: try integer(root, "FailedRecordsCount"),
            createdAt: try time(root, "CreatedTimestamp"),
            completedAt: try time(root, "CompletedTimestamp"),
            failure: try failure(root)
        )
    }

    private static func destination(_ root: JSONCursor) throws(Problem) -> ImportJob.Destination? {
        guard let destination = try object(root, "ImportDestination") else { return nil }
        if let list = try object(destination, "SuppressionListDestination") {
            return .suppressionList(action: try text(list, "SuppressionListImportAction") ?? "")
        }
        if let list = try object(destination, "ContactListDestination") {
            return .contactList(
                name: try text(list, "ContactListName") ?? "",
                action: try text(list, "ContactListImportAction") ?? ""
            )
        }
        return nil
    }

    private static func dataSource(_ root: JSONCursor) throws(Problem) -> ImportJob.DataSource? {
        guard let source = try object(root, "ImportDataSource") else { return nil }
        return ImportJob.DataSource(
            s3URL: try text(source, "S3Url") ?? "",
            format: try text(source, "DataFormat") ?? ""
        )
    }

    private static func failure(_ root: JSONCursor) throws(Problem) -> ImportJob.Failure? {
        guard let failure = try object(root, "FailureInfo") else { return nil }
        return ImportJob.Failure(
            message: try text(failure, "ErrorMessage", limit: messageLimit),
            failedRecordsURL: try string(failure, "FailedRecordsS3Url").flatMap {
                $0.utf8.count <= addressLimit ? $0 : nil
            }
        )
    }

    private static func object(_ parent: JSONCursor, _ name: StaticString) throws(Problem) -> JSONCursor? {
        guard let member = parent[name] else { return nil }
        guard member.isObject else { throw .wrongType(member: "\(name)") }
        return member
    }

    /// A text that may be kept and shown.
    private static func text(
        _ parent: JSONCursor,
        _ name: StaticString,
        limit: Int = textLimit
    ) throws(Problem) -> String? {
        try string(parent, name).map { BoundedText.redacted($0, limit: limit) }
    }

    private static func string(_ parent: JSONCursor, _ name: StaticString) throws(Problem) -> String? {
        guard let member = parent[name] else { return nil }
        guard let string = member.string else { throw .wrongType(member: "\(name)") }
        return string
    }

    private static func integer(_ parent: JSONCursor, _ name: StaticString) throws(Problem) -> Int64? {
        guard let member = parent[name] else { return nil }
        guard let integer = member.integer else { throw .wrongType(member: "\(name)") }
        return integer
    }

    /// A timestamp in seconds since the epoch, as the service model says; ISO 8601 is taken as well.
    private static func time(_ parent: JSONCursor, _ name: StaticString) throws(Problem) -> WallTime? {
        guard let member = parent[name] else { return nil }
        let time =
            member.number.flatMap(WallTime.init(secondsSinceEpoch:))
            ?? member.string.flatMap { WallTime(rfc3339: $0) }
        guard let time else { throw .wrongType(member: "\(name)") }
        return time
    }
}
