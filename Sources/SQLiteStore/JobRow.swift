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

    /// Reads a row, or says why it can't be read.
    static func record(_ row: borrowing Row) -> (record: JobRecord?, problem: String?) {
        var problem: String?
        let region = Row.required(row.text(0, "region", &problem), "region", &problem)
        let id = Row.required(row.text(1, "id", &problem), "id", &problem)
        let source = Row.required(row.text(2, "source", &problem), "source", &problem)
        let seen = Row.required(row.time(7, "first_seen_at", &problem), "first_seen_at", &problem)
        guard let region, let id, let source, let seen else { return (nil, problem) }
        var record = JobRecord(key: JobKey(region: region, id: id), source: source, firstSeenAt: seen)
        record.status = row.text(3, "status", &problem).map(JobStatus.init(rawValue:))
        record.processedRecords = row.integer(4, "processed", &problem)
        record.failedRecords = row.integer(5, "failed", &problem)
        record.createdAt = row.time(6, "created_at", &problem)
        record.notFoundSince = row.time(8, "not_found_since", &problem)
        record.toldLost = row.bool(9)
        record.toldOverdue = row.bool(10)
        record.finishedAt = row.time(11, "finished_at", &problem)
        record.answeredAt = row.time(12, "answered_at", &problem)
        return problem == nil ? (record, nil) : (nil, "job \(id): \(problem ?? "")")
    }
}
