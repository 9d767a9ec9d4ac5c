import ImportWatch

/// How an event's fields stand in the table `event`.
enum EventRow {
    static let columns = """
        id, type, occurred_at, source, region, job_id, status, previous_status, destination, contact_list, action, \
        s3_url, format, processed, failed, created_at, completed_at, has_failure, failure_message, \
        failed_records_url, request_id
        """
    static let count = 21

    static func values(of event: JobEvent) -> [Value] {
        let job = event.job
        var destination: (kind: String, list: String?, action: String)?
        switch job.destination {
        case .suppressionList(let action): destination = ("suppression_list", nil, action)
        case .contactList(let name, let action): destination = ("contact_list", name, action)
        case nil: destination = nil
        }
        return [
            .text(event.id), .text(event.type.rawValue), Value(event.occurredAt), .text(event.source),
            .text(event.region), .text(job.id), .text(job.status.rawValue), Value(event.previousStatus?.rawValue),
            Value(destination?.kind), Value(destination?.list), Value(destination?.action),
            Value(job.dataSource?.s3URL), Value(job.dataSource?.format), Value(job.processedRecords),
            Value(job.failedRecords), Value(job.createdAt), Value(job.completedAt), Value(job.failure != nil),
            Value(job.failure?.message), Value(job.failure?.failedRecordsURL), Value(event.requestID),
        ]
    }

    /// Reads the columns from `first` on; `nil` when they hold what no version of this program wrote.
    static func event(_ row: borrowing Row, from first: Int32 = 0) -> JobEvent? {
        guard let id = row.text(first), let type = row.text(first + 1).flatMap(EventType.init(rawValue:)),
            let occurredAt = row.time(first + 2), let source = row.text(first + 3), let region = row.text(first + 4),
            let jobID = row.text(first + 5), let status = row.text(first + 6)
        else { return nil }
        var job = ImportJob(id: jobID, status: JobStatus(rawValue: status))
        let action = row.text(first + 10) ?? ""
        switch row.text(first + 8) {
        case "suppression_list": job.destination = .suppressionList(action: action)
        case "contact_list": job.destination = .contactList(name: row.text(first + 9) ?? "", action: action)
        default: break
        }
        if let url = row.text(first + 11) {
            job.dataSource = ImportJob.DataSource(s3URL: url, format: row.text(first + 12) ?? "")
        }
        job.processedRecords = row.integer(first + 13)
        job.failedRecords = row.integer(first + 14)
        job.createdAt = row.time(first + 15)
        job.completedAt = row.time(first + 16)
        if row.bool(first + 17) {
            job.failure = ImportJob.Failure(message: row.text(first + 18), failedRecordsURL: row.text(first + 19))
        }
        return JobEvent(
            id: id,
            type: type,
            occurredAt: occurredAt,
            source: source,
            region: region,
            job: job,
            previousStatus: row.text(first + 7).map(JobStatus.init(rawValue:)),
            requestID: row.text(first + 20)
        )
    }
}

extension DeliveryTarget {
    /// The target as the table `delivery` names it.
    var column: String {
        switch self {
        case .journal: "journal"
        case .webhook(let name): "webhook:" + name
        }
    }

    init?(column: String) {
        if column == "journal" {
            self = .journal
        } else if column.hasPrefix("webhook:") {
            self = .webhook(String(column.dropFirst("webhook:".count)))
        } else {
            return nil
        }
    }
}
