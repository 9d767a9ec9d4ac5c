import ImportWatch

extension WebhookFormat {
    /// CloudEvents 1.0 in structured mode, with the same data; `source` and `id` are the same at every try, on every machine.
    static let cloudEvents = WebhookFormat("cloudevents", contentType: "application/cloudevents+json") {
        event,
        includesFailedRecordsURL in
        [
            "specversion": "1.0",
            "id": .string(event.id),
            "source": .string("urn:importwatchd:ses:\(event.region)"),
            "type": .string(event.type.qualifiedName),
            "subject": .string(event.job.id),
            "time": .string(event.occurredAt.rfc3339),
            "datacontenttype": "application/json",
            "data": EventData.value(event, includesFailedRecordsURL: includesFailedRecordsURL),
        ]
    }
}
