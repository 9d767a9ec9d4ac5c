/// What came of one poll.
public typealias PollResult = CallResult<ImportJob>

/// What came of one call to the service, by whose trouble it is.
public enum CallResult<Answer: Hashable & Sendable>: Hashable, Sendable {
    /// The service answered what was asked.
    case answered(Answer, requestID: String?)
    /// The job's trouble: the service does not know it, or refuses to be asked about it.
    case jobRefused(JobRefusal, ServiceProblem)
    /// The source's pace: too many requests.
    case throttled(ServiceProblem, retryAfter: Duration?)
    /// The source's credentials are missing, wrong, expired or not permitted.
    case credentialsRefused(ServiceProblem)
    /// The endpoint's health: no answer, an unreadable one, or a 5xx.
    case unavailable(ServiceProblem, retryAfter: Duration?)
}

/// Why the service would not answer about a job.
public enum JobRefusal: Hashable, Sendable {
    /// NotFoundException: no such job in this account and Region.
    case notFound
    /// BadRequestException: the ID is not one the service takes.
    case badRequest
}

/// What a service, or the way to it, said when it did not do what was asked.
public struct ServiceProblem: Error, Hashable, Sendable {
    /// The error's code (`NotFoundException`), or the kind of a failure without an answer (`timeout`).
    public var code: String
    /// One line for a person, without secrets.
    public var message: String
    /// The service's request ID, if it gave one.
    public var requestID: String?
    /// The status of the HTTP answer, if there was one.
    public var httpStatus: Int?

    /// Makes a problem; its texts pass ``Redaction`` here and are cut off at 2,000 bytes.
    public init(code: String, message: String, requestID: String? = nil, httpStatus: Int? = nil) {
        self.code = Self.bounded(code)
        self.message = Self.bounded(message)
        self.requestID = requestID.map(Self.bounded)
        self.httpStatus = httpStatus
    }

    private static func bounded(_ text: String) -> String {
        BoundedText.redacted(text, limit: 2000)
    }
}
