/// One entry of the journal: a line for people and fields for queries.
public struct JournalEntry: Hashable, Sendable {
    /// How grave an entry is, as syslog counts.
    public enum Priority: Int, Comparable, Hashable, Sendable {
        /// A notification is lost to its receiver.
        case critical = 2
        /// Something failed and needs a person.
        case error = 3
        /// Something may need a person.
        case warning = 4
        /// Something normal that people want to know.
        case notice = 5
        /// What happened, for the record.
        case info = 6

        /// Whether `lhs` is graver than `rhs`.
        public static func < (lhs: Priority, rhs: Priority) -> Bool {
            lhs.rawValue < rhs.rawValue
        }
    }

    /// The names of our own fields.
    public enum Field: String, CaseIterable, Hashable, Sendable {
        /// The job's ID.
        case jobID = "SES_JOB_ID"
        /// The job's status.
        case jobStatus = "SES_JOB_STATUS"
        /// The job's status before.
        case previousStatus = "SES_PREVIOUS_STATUS"
        /// The source's name.
        case source = "SES_SOURCE"
        /// The AWS Region.
        case region = "SES_REGION"
        /// Records processed.
        case processedRecords = "SES_PROCESSED_RECORDS"
        /// Records failed.
        case failedRecords = "SES_FAILED_RECORDS"
        /// The event's ID.
        case eventID = "SES_EVENT_ID"
        /// The event's type.
        case eventType = "SES_EVENT_TYPE"
        /// The service's words.
        case errorMessage = "SES_ERROR_MESSAGE"
        /// The service's request ID.
        case requestID = "AWS_REQUEST_ID"
        /// The service's error code.
        case errorCode = "AWS_ERROR_CODE"
        /// The webhook's name.
        case webhookName = "WEBHOOK_NAME"
        /// The number of the attempt.
        case webhookAttempt = "WEBHOOK_ATTEMPT"
        /// The status of an HTTP answer.
        case httpStatus = "HTTP_STATUS"
    }

    /// The longest text, in bytes: a line of it fits a pipe.
    private static let textLimit = 16 << 10

    /// What kind of entry it is.
    public let kind: Kind
    /// How grave it is.
    public let priority: Priority
    /// The line for people; may hold line breaks when a server's text does.
    public let message: String
    /// Fields and their values; a field occurs at most once.
    public let fields: [Field: String]

    /// Makes an entry; every text is made printable and passes ``Redaction`` here, before any sink sees it.
    public init(kind: Kind, priority: Priority, message: String, fields: [Field: String] = [:]) {
        self.kind = kind
        self.priority = priority
        self.message = Self.shown(message)
        self.fields = fields.mapValues(Self.shown)
    }

    private static func shown(_ text: String) -> String {
        Redaction.redact(text.printableInJournal, cutAt: textLimit)
    }
}
