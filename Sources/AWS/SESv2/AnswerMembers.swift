import ImportWatch
import JSON

/// Why the body of a successful answer can't be taken for what the operation answers.
public enum UnreadableAnswer: Error, Hashable, Sendable, CustomStringConvertible {
    /// It can't be decoded.
    case notJSON(JSONError)
    /// It is JSON, but no object.
    case notAnObject
    /// A member that every answer has is not there, or is empty.
    case missing(member: String)
    /// It is about another job than the one asked for.
    case otherJob
    /// A member has another type than the service model says.
    case wrongType(member: String)

    /// One line for a person, to follow "can't be read: ".
    public var description: String {
        switch self {
        case .notJSON(let error): error.description
        case .notAnObject: "it is no JSON object"
        case .missing(let member): "it has no \(member)"
        case .otherJob: "its JobId is not the one asked for"
        case .wrongType(let member): "its \(member) has the wrong type"
        }
    }
}

/// The members of answers; texts lose their secrets and their excess here, before anything keeps them.
///
/// Those that are absent or null are `nil`.
extension JSONCursor {
    /// The most bytes of JSON for a text.
    static let textLimit = 2000

    func object(_ name: StaticString) throws(UnreadableAnswer) -> JSONCursor? {
        guard let member = self[name] else { return nil }
        guard member.isObject else { throw .wrongType(member: "\(name)") }
        return member
    }

    /// A text that may be kept and shown.
    func text(_ name: StaticString, limit: Int = textLimit) throws(UnreadableAnswer) -> String? {
        try secret(name).map { BoundedText.redacted($0, limit: limit) }
    }

    /// A text as it came, which may be a secret.
    func secret(_ name: StaticString) throws(UnreadableAnswer) -> String? {
        guard let member = self[name] else { return nil }
        guard let string = member.string else { throw .wrongType(member: "\(name)") }
        return string
    }

    func count(_ name: StaticString) throws(UnreadableAnswer) -> Int64? {
        guard let member = self[name] else { return nil }
        guard let integer = member.integer else { throw .wrongType(member: "\(name)") }
        return integer
    }

    /// A timestamp in seconds since the epoch, as the service model says; ISO 8601 is taken as well.
    func time(_ name: StaticString) throws(UnreadableAnswer) -> WallTime? {
        guard let member = self[name] else { return nil }
        let time =
            member.number.flatMap(WallTime.init(secondsSinceEpoch:))
            ?? member.string.flatMap { WallTime(rfc3339: $0) }
        guard let time else { throw .wrongType(member: "\(name)") }
        return time
    }
}

/// What the answers of more than one operation say of a job.
extension JSONCursor {
    /// The longest status; the service's own have at most 10 characters.
    private static let statusLimit = 64

    func jobStatus() throws(UnreadableAnswer) -> JobStatus {
        guard let status = try text("JobStatus", limit: Self.statusLimit), !status.isEmpty else {
            throw .missing(member: "JobStatus")
        }
        return JobStatus(rawValue: status)
    }

    func importDestination() throws(UnreadableAnswer) -> ImportJob.Destination? {
        guard let destination = try object("ImportDestination") else { return nil }
        if let list = try destination.object("SuppressionListDestination") {
            return .suppressionList(action: try list.text("SuppressionListImportAction") ?? "")
        }
        guard let list = try destination.object("ContactListDestination") else { return nil }
        return .contactList(
            name: try list.text("ContactListName") ?? "",
            action: try list.text("ContactListImportAction") ?? ""
        )
    }
}
