/// How far an import job has got, as SES says it.
public enum JobStatus: Hashable, Sendable {
    /// Accepted, not begun.
    case created
    /// Being worked on.
    case processing
    /// Ended; some records may have failed.
    case completed
    /// Ended without doing its work.
    case failed
    /// Ended because someone cancelled it.
    case cancelled
    /// Ended with an error: documented for GetImportJob, though not in the service model's enumeration.
    case error
    /// A status that this program does not know, kept as the service wrote it; not terminal.
    case unknown(String)

    /// Stands for the status of a job about which the service has never answered; payloads carry null for it.
    public static let unanswered = JobStatus.unknown("")

    /// Reads the service's spelling.
    public init(rawValue: String) {
        switch rawValue {
        case "CREATED": self = .created
        case "PROCESSING": self = .processing
        case "COMPLETED": self = .completed
        case "FAILED": self = .failed
        case "CANCELLED": self = .cancelled
        case "ERROR": self = .error
        default: self = .unknown(rawValue)
        }
    }

    /// The service's spelling.
    public var rawValue: String {
        switch self {
        case .created: "CREATED"
        case .processing: "PROCESSING"
        case .completed: "COMPLETED"
        case .failed: "FAILED"
        case .cancelled: "CANCELLED"
        case .error: "ERROR"
        case .unknown(let raw): raw
        }
    }

    /// Whether the job has ended and will not change any more.
    public var isTerminal: Bool {
        switch self {
        case .completed, .failed, .cancelled, .error: true
        case .created, .processing, .unknown: false
        }
    }
}
