import ImportWatch
import JSON

/// What a look at a source found out: how the service is reached, with which credentials, and what is wrong with that.
public struct SourceFindings: Hashable, Sendable, JSONRecord {
    /// An access key as people may see it.
    public struct Key: Hashable, Sendable, JSONRecord {
        /// Which provider gave it, in words.
        public let provider: String
        /// The last four characters of its ID.
        public let lastFour: String
        /// When it ends; `nil` for ever.
        public let expiresAt: WallTime?

        /// Keeps of a key's ID no more than its end.
        public init(provider: String, accessKeyID: String, expiresAt: WallTime?) {
            self.provider = Redaction.redact(provider)
            lastFour = String(accessKeyID.suffix(4))
            self.expiresAt = expiresAt
        }

        package static let format = JSONMembers(
            Self.init,
            .init("provider", \.provider),
            .init("access_key_id", \.lastFour),
            .init("expires_at", \.expiresAt)
        )
    }

    /// A job as the service described it.
    public struct Probe: Hashable, Sendable, JSONRecord {
        /// The job's ID.
        public var jobID: String
        /// Its status.
        public var status: String

        package init(jobID: String, status: String) {
            (self.jobID, self.status) = (jobID, status)
        }

        package static let format = JSONMembers(Self.init, .init("job_id", \.jobID), .init("status", \.status))
    }

    /// The source's name.
    public var name: String
    /// The Region, if anyone names one.
    public var region: String?
    /// The address of SESv2.
    public var endpoint: String?
    /// The credentials, without what is secret; `nil` where none were found.
    public var credentials: Key?
    /// What is wrong, each with what to do.
    public private(set) var problems: [String] = []
    /// What a real call said about a job; `nil` where none was asked for or it failed.
    public var probe: Probe?

    /// Adds something that is wrong, without secrets.
    public mutating func add(_ problem: String) {
        problems.append(Redaction.redact(problem))
    }

    /// The findings as `doctor --json` and the control socket write them.
    package static let format = JSONMembers(
        Self.init,
        .init("name", \.name),
        .init("region", \.region),
        .init("endpoint", \.endpoint),
        .init("credentials", \.credentials),
        .init("problems", \.problems),
        .init("probe", \.probe, isLeftOutForNull: true)
    )
}

extension SourceFindings {
    /// Findings of a source of which nothing more is known yet.
    public init(name: String, region: String?) {
        self.init(name: name, region: region, problems: [])
    }
}
