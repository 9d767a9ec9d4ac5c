extension EventType {
    /// What happened, as the end of a sentence that begins with the job.
    public var inWords: String {
        switch self {
        case .completed: "completed"
        case .completedWithErrors: "completed with failed records"
        case .failed: "failed"
        case .cancelled: "was cancelled"
        case .lost: "is not known to SES any more"
        case .overdue: "has not ended within its deadline"
        }
    }
}

extension JournalEntry {
    /// The entry that tells an event.
    public init(telling event: JobEvent) {
        let job = event.job
        var fields: [Field: String] = [
            .jobID: job.id,
            .source: event.source,
            .region: event.region,
            .eventID: event.id,
            .eventType: event.type.qualifiedName,
        ]
        if job.status != .unanswered { fields[.jobStatus] = job.status.rawValue }
        fields[.previousStatus] = event.previousStatus?.rawValue
        fields[.processedRecords] = job.processedRecords.map(String.init)
        fields[.failedRecords] = job.failedRecords.map(String.init)
        fields[.errorMessage] = job.failure?.message
        fields[.requestID] = event.requestID
        self.init(
            kind: event.type.entryKind,
            priority: event.type.priority,
            message: Self.sentence(event),
            fields: fields
        )
    }

    private static func sentence(_ event: JobEvent) -> String {
        let job = event.job
        var text = "job \(job.id) \(event.type.inWords)"
        if let processed = job.processedRecords {
            text += ": \(processed) records processed, \(job.failedRecords ?? 0) failed"
        }
        if let message = job.failure?.message, !message.isEmpty { text += ": \(message)" }
        return text + " (source \(event.source), \(event.region))"
    }
}

extension EventType {
    fileprivate var entryKind: JournalEntry.Kind {
        switch self {
        case .completed: .jobCompleted
        case .completedWithErrors: .jobCompletedWithErrors
        case .failed: .jobFailed
        case .cancelled: .jobCancelled
        case .lost: .jobLost
        case .overdue: .jobOverdue
        }
    }

    fileprivate var priority: JournalEntry.Priority {
        switch self {
        case .completed: .notice
        case .completedWithErrors, .cancelled, .overdue: .warning
        case .failed, .lost: .error
        }
    }
}
