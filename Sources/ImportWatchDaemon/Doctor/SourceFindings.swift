import AWS
import ImportWatch

/// What the doctor found out about a source.
public nonisolated struct SourceFindings: Sendable {
    /// The source's name.
    public var name: String
    /// The Region, if anyone names one.
    public var region: String?
    /// The address of SESv2.
    public var endpoint: String?
    /// The credentials, without what is secret; `nil` where none were found.
    public var credentials: Key?
    /// What a real call said about a job; `nil` where none was asked for or it failed.
    public var probe: Probe?
    /// What is wrong, each with what to do.
    public var problems: [String] = []

    /// An access key as people may see it.
    public nonisolated struct Key: Sendable {
        /// Which provider gave it, in words.
        public var provider: String
        /// The last four characters of its ID.
        public var lastFour: String
        /// When it ends, as RFC 3339 has it; `nil` for ever.
        public var expiresAt: String?

        init(_ credentials: Credentials) {
            provider = Redaction.redact(credentials.provider)
            lastFour = String(credentials.accessKeyID.suffix(4))
            expiresAt = credentials.expiresAt?.rfc3339
        }
    }

    /// A job as the service described it.
    public nonisolated struct Probe: Sendable {
        /// The job's ID.
        public var jobID: String
        /// Its status.
        public var status: String
    }
}
