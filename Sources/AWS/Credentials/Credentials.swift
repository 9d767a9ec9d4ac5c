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

    /// The key ID's last four characters, and where it came from.
    public var description: String { "…\(accessKeyID.suffix(4)) from \(provider)" }

    /// Only the description, so that no dump shows a secret.
    public var customMirror: Mirror { Mirror(self, children: ["credentials": description]) }
}
