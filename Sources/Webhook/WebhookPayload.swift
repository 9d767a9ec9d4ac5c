import ImportWatch
import JSON

/// The body of a notification in the design's own format.
public enum WebhookPayload {
    /// The longest text of a service's error message, in characters, so that a payload stays under 20 kB.
    static let messageLimit = 4000

    /// The payload's bytes.
    ///
    /// - Parameter includesFailedRecordsURL: Whether the pre-signed address of failed records is in it.
    public static func standard(_ event: JobEvent, includesFailedRecordsURL: Bool) -> [UInt8] {
        let value: JSONValue = [
            "type": .string(event.type.qualifiedName),
            "timestamp": .string(event.occurredAt.rfc3339),
            "data": data(event, includesFailedRecordsURL: includesFailedRecordsURL),
        ]
        return value.encoded()
    }

    static func data(_ event: JobEvent, includesFailedRecordsURL: Bool) -> JSONValue {
        let job = event.job
        return [
            "event_id": .string(event.id),
            "source": .string(event.source),
            "region": .string(event.region),
            "job_id": .string(job.id),
            "status": job.status == .unanswered ? .null : .string(job.status.rawValue),
            "previous_status": JSONValue(event.previousStatus?.rawValue),
            "destination": destination(job.destination),
            "data_source": dataSource(job.dataSource),
            "processed_records": JSONValue(job.processedRecords),
            "failed_records": JSONValue(job.failedRecords),
            "created_at": JSONValue(job.createdAt?.rfc3339),
            "completed_at": JSONValue(job.completedAt?.rfc3339),
            "failure": failure(job.failure, includesFailedRecordsURL: includesFailedRecordsURL),
        ]
    }

    private static func destination(_ destination: ImportJob.Destination?) -> JSONValue {
        switch destination {
        case .contactList(let name, let action):
            ["type": "CONTACT_LIST", "contact_list_name": .string(name), "action": .string(action)]
        case .suppressionList(let action):
            ["type": "SUPPRESSION_LIST", "action": .string(action)]
        case nil: .null
        }
    }

    private static func dataSource(_ source: ImportJob.DataSource?) -> JSONValue {
        guard let source else { return .null }
        return ["s3_url": .string(Redaction.redact(source.s3URL)), "format": .string(source.format)]
    }

    private static func failure(_ failure: ImportJob.Failure?, includesFailedRecordsURL: Bool) -> JSONValue {
        guard let failure else { return .null }
        let message = failure.message.map { String(Redaction.redact($0).prefix(messageLimit)) }
        return [
            "message": JSONValue(message),
            "failed_records_url": includesFailedRecordsURL ? JSONValue(failure.failedRecordsURL) : .null,
        ]
    }
}
