import ImportWatch

/// How a job's record stands in the table `job`.
enum JobRow {
    private static let columns = """
        region, id, source, status, processed, failed, created_at, first_seen_at, not_found_since, told_lost, \
        told_overdue, finished_at, answered_at
        """

    static let select = "SELECT \(columns) FROM job"
    static let upsert = "INSERT OR REPLACE INTO job (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

    static func values(of job: JobRecord) -> [Value] {
        [
            .text(job.key.region), .text(job.key.id), .text(job.source), Value(job.status?.rawValue),
            Value(job.processedRecords), Value(job.failedRecords), Value(job.createdAt), Value(job.firstSeenAt),
            Value(job.notFoundSince), Value(job.toldLost), Value(job.toldOverdue), Value(job.finishedAt),
            Value(job.answeredAt),
        ]
    }

    static func record(_ row: borrowing Row) -> JobRecord? {
        guard let region = row.text(0), let id = row.text(1), let source = row.text(2), let seen = row.time(7) else {
            return nil
        }
        var record = JobRecord(key: JobKey(region: region, id: id), source: source, firstSeenAt: seen)
        record.status = row.text(3).map(JobStatus.init(rawValue:))
        record.processedRecords = row.integer(4)
        record.failedRecords = row.integer(5)
        record.createdAt = row.time(6)
        record.notFoundSince = row.time(8)
        record.toldLost = row.bool(9)
        record.toldOverdue = row.bool(10)
        record.finishedAt = row.time(11)
        record.answeredAt = row.time(12)
        return record
    }
}
