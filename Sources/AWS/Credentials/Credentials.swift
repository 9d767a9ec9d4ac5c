import ImportWatch

/// An access key with its secret; never printed whole.
public struct Credentials: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// The access key's ID.
    public var accessKeyID: String
    /// The secret that signs.
    public var secretAccessKey: String
    /// The token of temporary credentials.
    public var sessionToken: String?
    /// When temporary credentials end; `nil` for ever.
    public var expiresAt: WallTime?
    /// Which provider gave them, in words.
    public var provider: String
    /// Whether the service goes on taking them when they end and no others can be had, as for an EC2 instance's role.
    public var mayOutliveExpiry = false

    /// Makes credentials.
    public init(
        accessKeyID: String,
        secretAccessKey: String,
        sessionToken: String? = nil,
        expiresAt: WallTime? = nil,
        provider: String
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiresAt = expiresAt
        self.provider = provider
    }

    /// Refuses what can't stand in a request's headers.
    ///
    /// Control characters above all: with them a provider could add headers of its own. Keys and tokens are printable
    /// ASCII without blanks.
    func checked() throws(CredentialError) -> Credentials {
        let parts = [
            ("access key ID", accessKeyID), ("secret access key", secretAccessKey),
            ("session token", sessionToken ?? ""),
        ]
        for (name, value) in parts where !value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) {
            throw CredentialError(
                provider: provider,
                reason: "its \(name) has a blank, a line break or another character that none can have"
            )
        }
        return self
    }

    /// The key ID's last four characters, and where it came from.
    public var description: String { "…\(accessKeyID.suffix(4)) from \(provider)" }

    /// Only the description, so that no dump shows a secret.
    public var customMirror: Mirror { Mirror(self, children: ["credentials": description]) }
}
