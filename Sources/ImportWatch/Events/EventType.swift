/// What happened to a job, by the name that receivers see.
public enum EventType: String, CaseIterable, Hashable, Sendable {
    /// The job completed and no record failed.
    case completed
    /// The job completed, but records failed.
    case completedWithErrors = "completed_with_errors"
    /// The job ended without doing its work.
    case failed
    /// Someone cancelled the job.
    case cancelled
    /// The service has not known the job for the whole grace time.
    case lost
    /// The job has not ended within its deadline.
    case overdue

    /// The type as payloads carry it: `ses.import_job.completed`.
    public var qualifiedName: String {
        "ses.import_job." + rawValue
    }

    /// Reads ``qualifiedName``.
    public init?(qualifiedName: String) {
        let prefix = "ses.import_job."
        guard qualifiedName.hasPrefix(prefix) else { return nil }
        self.init(rawValue: String(qualifiedName.dropFirst(prefix.count)))
    }

    /// The event that a terminal status stands for; `nil` when the job has not ended.
    public init?(endOf job: ImportJob) {
        self.init(endWith: job.status, failedRecords: job.failedRecords)
    }

    /// The event that a status stands for where it is terminal.
    init?(endWith status: JobStatus, failedRecords: Int64?) {
        switch status {
        case .completed: self = (failedRecords ?? 0) > 0 ? .completedWithErrors : .completed
        case .failed, .error: self = .failed
        case .cancelled: self = .cancelled
        case .created, .processing, .unknown: return nil
        }
    }
}
