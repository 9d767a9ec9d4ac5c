import ImportWatch
import JSON

/// What the body of a notification looks like.
public enum WebhookFormat: Hashable, Sendable {
    /// The daemon's own payload.
    case standard
    /// CloudEvents 1.0 in structured mode, with the same data.
    case cloudEvents
    /// `{"text": …}`, which Slack and Mattermost take.
    case slack

    /// The Content-Type.
    public var contentType: String {
        switch self {
        case .standard, .slack: "application/json"
        case .cloudEvents: "application/cloudevents+json"
        }
    }

    /// The body, under 20 kB whatever the service said.
    ///
    /// - Parameter includesFailedRecordsURL: Whether the pre-signed address of failed records is in it.
    public func body(_ event: JobEvent, includesFailedRecordsURL: Bool) -> [UInt8] {
        let value: JSONValue =
            switch self {
            case .standard: WebhookPayload.standard(event, includesFailedRecordsURL: includesFailedRecordsURL)
            case .cloudEvents: WebhookPayload.cloudEvent(event, includesFailedRecordsURL: includesFailedRecordsURL)
            case .slack: ["text": .string(SlackText.text(event))]
            }
        return value.encoded()
    }
}
