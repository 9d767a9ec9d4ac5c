import ImportWatch
import JSON

/// All that is known of an event, as programs read it.
enum EventData {
    /// The most bytes of JSON for the service's error message, and for any other text of its answers.
    private static let messageLimit = 5000
    private static let textLimit = 1000
    /// A pre-signed address longer than this is left out: cut off it would be of no use.
    private static let addressLimit = 6000

    static func value(_ event: JobEvent, includesFailedRecordsURL: Bool) -> JSONValue {
        let job = event.job
        return [
            "event_id": .string(event.id),
            "source": .string(event.source),
            "region": .string(event.region),
            "job_id": .string(job.id),
            "status": job.status == .unanswered ? .null : text(job.status.rawValue),
            "previous_status": event.previousStatus.map { text($0.rawValue) } ?? .null,
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
            ["type": "CONTACT_LIST", "contact_list_name": text(name), "action": text(action)]
        case .suppressionList(let action):
            ["type": "SUPPRESSION_LIST", "action": text(action)]
        case nil: .null
        }
    }

    private static func dataSource(_ source: ImportJob.DataSource?) -> JSONValue {
        guard let source else { return .null }
        return ["s3_url": text(source.s3URL), "format": text(source.format)]
    }

    private static func failure(_ failure: ImportJob.Failure?, includesFailedRecordsURL: Bool) -> JSONValue {
        guard let failure else { return .null }
        let address = includesFailedRecordsURL ? failure.failedRecordsURL : nil
        return [
            "message": failure.message.map { text($0, limit: messageLimit) } ?? .null,
            "failed_records_url": address.flatMap { $0.utf8.count <= addressLimit ? .string($0) : nil } ?? .null,
        ]
    }

    /// A text of the service without secrets, cut off at a limit.
    private static func text(_ text: String, limit: Int = textLimit) -> JSONValue {
        .string(BoundedText.redacted(text, limit: limit))
    }
}
