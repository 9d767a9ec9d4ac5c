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

    /// Reads the columns from `first` on; notes the problem where they hold what this program doesn't write.
    static func event(_ row: borrowing Row, from first: Int32, _ problem: inout String?) -> JobEvent? {
        func text(_ column: Int32, _ name: String) -> String? { row.text(first + column, name, &problem) }
        func time(_ column: Int32, _ name: String) -> WallTime? { row.time(first + column, name, &problem) }
        let id = Row.required(text(0, "id"), "id", &problem)
        let typeName = Row.required(text(1, "type"), "type", &problem)
        let type = typeName.flatMap(EventType.init(rawValue:))
        if type == nil { problem = problem ?? "the event type is not known" }
        let occurredAt = Row.required(time(2, "occurred_at"), "occurred_at", &problem)
        let source = Row.required(text(3, "source"), "source", &problem)
        let region = Row.required(text(4, "region"), "region", &problem)
        let jobID = Row.required(text(5, "job_id"), "job_id", &problem)
        let status = Row.required(text(6, "status"), "status", &problem)
        guard let id, let type, let occurredAt, let source, let region, let jobID, let status else { return nil }
        var job = ImportJob(id: jobID, status: JobStatus(rawValue: status))
        let action = text(10, "action") ?? ""
        switch text(8, "destination") {
        case "suppression_list": job.destination = .suppressionList(action: action)
        case "contact_list": job.destination = .contactList(name: text(9, "contact_list") ?? "", action: action)
        case nil: break
        default: problem = problem ?? "the destination is not known"
        }
        if let url = text(11, "s3_url") {
            job.dataSource = ImportJob.DataSource(s3URL: url, format: text(12, "format") ?? "")
        }
        job.processedRecords = row.integer(first + 13, "processed", &problem)
        job.failedRecords = row.integer(first + 14, "failed", &problem)
        job.createdAt = time(15, "created_at")
        job.completedAt = time(16, "completed_at")
        if row.bool(first + 17) {
            job.failure = ImportJob.Failure(
                message: text(18, "failure_message"),
                failedRecordsURL: text(19, "failed_records_url")
            )
        }
        let event = JobEvent(
            id: id,
            type: type,
            occurredAt: occurredAt,
            source: source,
            region: region,
            job: job,
            previousStatus: text(7, "previous_status").map(JobStatus.init(rawValue:)),
            requestID: text(20, "request_id")
        )
        return problem == nil ? event : nil
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
