import ImportWatch

extension StatusReport.Job {
    /// Makes a line of the report of what is remembered about a job.
    public init(
        _ record: JobRecord,
        nextPoll: String? = nil,
        recordsPerSecond: Double? = nil,
        problem: String? = nil
    ) {
        let isOpen = record.finishedAt == nil
        self.init(
            source: record.source,
            id: record.key.id,
            status: record.status?.rawValue,
            processed: record.processedRecords,
            failed: record.failedRecords,
            answeredAt: record.answeredAt?.rfc3339,
            nextPoll: nextPoll,
            attention: isOpen ? (record.toldLost ? "lost" : record.toldOverdue ? "overdue" : nil) : nil,
            createdAt: (record.createdAt ?? record.firstSeenAt).rfc3339,
            finishedAt: record.finishedAt?.rfc3339,
            recordsPerSecond: recordsPerSecond,
            problem: problem
        )
    }
}
