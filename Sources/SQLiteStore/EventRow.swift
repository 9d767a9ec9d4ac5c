import ImportWatch

/// The table `event`.
extension JobEvent: TableRow {
    static let insert = """
        INSERT INTO event (\(columns.joined(separator: ", ")))
        VALUES (\(columns.map { _ in "?" }.joined(separator: ", "))) ON CONFLICT (id) DO NOTHING
        """

    static var blank: JobEvent {
        JobEvent(
            id: "",
            type: .completed,
            occurredAt: WallTime(millisecondsSinceEpoch: 0),
            source: "",
            region: "",
            job: ImportJob(id: "", status: .unanswered),
            previousStatus: nil,
            requestID: nil
        )
    }

    mutating func pass(through row: inout some RowFields) {
        row.pass("id", &id)
        var name = type.rawValue
        row.pass("type", &name)
        if let known = EventType(rawValue: name) { type = known } else { row.note("the event type is not known") }
        row.pass("occurred_at", &occurredAt)
        row.pass("source", &source)
        row.pass("region", &region)
        row.pass("job_id", &job.id)
        var status = job.status.rawValue
        row.pass("status", &status)
        job.status = JobStatus(rawValue: status)
        row.pass("previous_status", &previousStatus)
        job.passDestination(through: &row)
        job.passDataSource(through: &row)
        row.pass("processed", &job.processedRecords)
        row.pass("failed", &job.failedRecords)
        row.pass("created_at", &job.createdAt)
        row.pass("completed_at", &job.completedAt)
        job.passFailure(through: &row)
        row.pass("request_id", &requestID)
    }
}

extension ImportJob {
    fileprivate mutating func passDestination(through row: inout some RowFields) {
        var (kind, name, action): (String?, String?, String?)
        switch destination {
        case .suppressionList(let wanted): (kind, action) = ("suppression_list", wanted)
        case .contactList(let list, let wanted): (kind, name, action) = ("contact_list", list, wanted)
        case nil: break
        }
        row.pass("destination", &kind)
        row.pass("contact_list", &name)
        row.pass("action", &action)
        switch kind {
        case "suppression_list": destination = .suppressionList(action: action ?? "")
        case "contact_list": destination = .contactList(name: name ?? "", action: action ?? "")
        case nil: destination = nil
        default: row.note("the destination is not known")
        }
    }

    fileprivate mutating func passDataSource(through row: inout some RowFields) {
        var (url, format) = (dataSource?.s3URL, dataSource?.format)
        row.pass("s3_url", &url)
        row.pass("format", &format)
        dataSource = url.map { DataSource(s3URL: $0, format: format ?? "") }
    }

    fileprivate mutating func passFailure(through row: inout some RowFields) {
        var (isThere, message, url) = (failure != nil, failure?.message, failure?.failedRecordsURL)
        row.pass("has_failure", &isThere)
        row.pass("failure_message", &message)
        row.pass("failed_records_url", &url)
        failure = isThere ? Failure(message: message, failedRecordsURL: url) : nil
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
