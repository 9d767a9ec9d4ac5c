import ImportWatch

extension WebhookFormat {
    /// The daemon's own payload, in the shape of Standard Webhooks.
    static let standard = WebhookFormat("standard") { event, includesFailedRecordsURL in
        [
            "type": .string(event.type.qualifiedName),
            "timestamp": .string(event.occurredAt.rfc3339),
            "data": EventData.value(event, includesFailedRecordsURL: includesFailedRecordsURL),
        ]
    }
}
