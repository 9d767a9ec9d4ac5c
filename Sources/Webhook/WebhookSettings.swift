import ImportWatch

/// A receiver of notifications, as it is configured; what describes it shows only the name, for the rest may hold secrets.
public struct WebhookSettings: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The webhook's name, its identity.
    public var name: String
    /// The address: a secret.
    public var url: String
    /// The file of ``keys``; `nil` where there is none.
    public var secretFile: String?
    /// The keys that sign, all at once; empty means unsigned.
    public var keys: [WebhookSigningKey] = []
    /// The events that are sent.
    public var events = Set(EventType.allCases)
    /// What the body looks like.
    public var format = WebhookFormat.standard
    /// Whether the pre-signed address of failed records is sent.
    public var includesFailedRecordsURL = false
    /// Headers besides our own.
    public var headers: [HTTPHeader] = []
    /// The longest time for one attempt.
    public var timeout = Duration.seconds(15)
    /// The most attempts at once.
    public var concurrency = 4
    /// How long after the event attempts are made.
    public var maxAge = Duration.seconds(76 * 3600)
    /// Certificates and keys of TLS.
    public var tls = HTTPRequest.TLSFiles()

    /// Takes what has no default.
    public init(name: String, url: String) {
        self.name = name
        self.url = url
    }

    /// The name; the rest may hold secrets.
    public var description: String { "webhook \(name)" }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// Only the name, so that no dump shows a secret.
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}
