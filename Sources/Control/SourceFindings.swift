import ImportWatch
import JSON

/// What a look at a source found out: how the service is reached, with which credentials, and what is wrong with that.
public struct SourceFindings: Hashable, Sendable {
    /// An access key as people may see it.
    public struct Key: Hashable, Sendable {
        /// Which provider gave it, in words.
        public var provider: String
        /// The last four characters of its ID.
        public var lastFour: String
        /// When it ends, as RFC 3339 has it; `nil` for ever.
        public var expiresAt: String?

        /// Keeps of a key's ID no more than its end.
        public init(provider: String, accessKeyID: String, expiresAt: String?) {
            self.provider = Redaction.redact(provider)
            lastFour = String(accessKeyID.suffix(4))
            self.expiresAt = expiresAt
        }
    }

    /// A job as the service described it.
    public struct Probe: Hashable, Sendable {
        /// The job's ID.
        public var jobID: String
        /// Its status.
        public var status: String

        /// Makes a probe's answer.
        public init(jobID: String, status: String) {
            (self.jobID, self.status) = (jobID, status)
        }
    }

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
    public private(set) var problems: [String] = []

    /// Makes findings of a source of which nothing more is known yet.
    public init(name: String, region: String?) {
        (self.name, self.region) = (name, region)
    }

    /// Adds something that is wrong, without secrets.
    public mutating func add(_ problem: String) {
        problems.append(Redaction.redact(problem))
    }

    /// The findings as `doctor --json` and the control socket write them.
    public var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(name)), .init("region", JSONValue(region)), .init("endpoint", JSONValue(endpoint)),
            .init(
                "credentials",
                credentials.map { key in
                    [
                        "provider": .string(key.provider), "access_key_id": .string(key.lastFour),
                        "expires_at": JSONValue(key.expiresAt),
                    ]
                } ?? .null
            ),
            .init("problems", .array(problems.map(JSONValue.string))),
        ]
        if let probe {
            members.append(.init("probe", ["job_id": .string(probe.jobID), "status": .string(probe.status)]))
        }
        return .object(members)
    }

    init?(json: JSONValue) {
        guard let name = json["name"]?.string, let problems = json["problems"]?.array else { return nil }
        self.init(name: name, region: json["region"]?.string)
        endpoint = json["endpoint"]?.string
        if let key = json["credentials"], let provider = key["provider"]?.string, let id = key["access_key_id"]?.string
        {
            credentials = Key(provider: provider, accessKeyID: id, expiresAt: key["expires_at"]?.string)
        }
        if let job = json["probe"]?["job_id"]?.string, let status = json["probe"]?["status"]?.string {
            probe = Probe(jobID: job, status: status)
        }
        self.problems = problems.compactMap(\.string)
    }
}
