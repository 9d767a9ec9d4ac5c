import ImportWatch
import JSON

/// What the body of a notification looks like; each format stands in a file of its own in this folder.
public struct WebhookFormat: Hashable, Sendable {
    /// All formats, the usual one first; two formats with one name are the same.
    public static let all: [WebhookFormat] = [standard, cloudEvents, slack]

    /// What the configuration calls it.
    public let name: String
    /// Whether its receivers verify signatures, so that one without a secret is worth a warning.
    public let isVerified: Bool
    let contentType: String
    private let content: @Sendable (_ event: JobEvent, _ includesFailedRecordsURL: Bool) -> JSONValue

    init(
        _ name: String,
        contentType: String = "application/json",
        isVerified: Bool = true,
        content: @escaping @Sendable (_ event: JobEvent, _ includesFailedRecordsURL: Bool) -> JSONValue
    ) {
        self.name = name
        self.contentType = contentType
        self.isVerified = isVerified
        self.content = content
    }

    /// The body, under 20 kB whatever the service said.
    ///
    /// - Parameter includesFailedRecordsURL: Whether the pre-signed address of failed records is in it.
    public func body(_ event: JobEvent, includesFailedRecordsURL: Bool) -> [UInt8] {
        content(event, includesFailedRecordsURL).encoded()
    }

    /// Whether both are called the same.
    public static func == (left: WebhookFormat, right: WebhookFormat) -> Bool { left.name == right.name }

    /// Takes the name in.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
