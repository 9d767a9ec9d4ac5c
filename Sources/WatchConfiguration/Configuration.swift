import Crypto
import ImportWatch

/// A whole configuration, checked and with its defaults filled in.
public struct Configuration: Hashable, Sendable {
    /// The file it was read from.
    public var path: String
    /// The sources, each with a name of its own.
    public var sources: [Source]
    /// The webhooks, each with a name of its own.
    public var webhooks: [Webhook]
    /// Where the state is kept.
    public var state: State
    /// Where metrics are written.
    public var metrics: Metrics

    /// One AWS account and Region with its jobs and its request budget.
    public struct Source: Hashable, Sendable {
        /// By which operation jobs are asked about.
        public enum Strategy: String, CaseIterable, Hashable, Sendable {
            /// What costs fewer requests.
            case auto
            /// One request a job.
            case get
            /// One request for a page of all jobs.
            case list
        }

        /// The source's name.
        public var name: String
        /// The Region; `nil` means AWS_REGION, AWS_DEFAULT_REGION or the profile's.
        public var region: String?
        /// The profile whose credentials are used, and nothing else; `nil` means the default chain.
        public var profile: String?
        /// The role that is assumed on top of the credentials.
        public var roleARN: String?
        /// The service's address instead of the regional one.
        public var endpointURL: String?
        /// The IDs of the jobs, each once, in the order of the files.
        public var jobs: [String]
        /// The paths and patterns of the lists that the jobs were read from too.
        public var jobsFiles: [String]
        /// Whether every job that the service lists is watched too.
        public var discover: Bool
        /// How it is polled.
        public var polling: PollingSettings
        /// By which operation it is polled.
        public var strategy: Strategy
        /// The longest time for one request.
        public var requestTimeout: Duration
        /// The longest wait for a connection.
        public var connectTimeout: Duration

        /// Makes a source; what is left out has the configuration's defaults.
        public init(
            name: String,
            region: String? = nil,
            profile: String? = nil,
            roleARN: String? = nil,
            endpointURL: String? = nil,
            jobs: [String],
            jobsFiles: [String] = [],
            discover: Bool = false,
            polling: PollingSettings = PollingSettings(),
            strategy: Strategy = .auto,
            requestTimeout: Duration = .seconds(15),
            connectTimeout: Duration = .seconds(5)
        ) {
            self.name = name
            self.region = region
            self.profile = profile
            self.roleARN = roleARN
            self.endpointURL = endpointURL
            self.jobs = jobs
            self.jobsFiles = jobsFiles
            self.discover = discover
            self.polling = polling
            self.strategy = strategy
            self.requestTimeout = requestTimeout
            self.connectTimeout = connectTimeout
        }
    }

    /// A receiver of notifications; what describes it shows only the name, for the rest may hold secrets.
    public struct Webhook: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
    {
        /// What the payload looks like.
        public enum Format: String, CaseIterable, Hashable, Sendable {
            /// The design's own payload.
            case standard
            /// CloudEvents in structured mode.
            case cloudevents
            /// A text for Slack and Mattermost.
            case slack
        }

        /// The webhook's name, its identity.
        public var name: String
        /// The address: a secret.
        public var url: String
        /// The file of ``secrets``; `nil` where there is none.
        public var secretFile: String?
        /// The secrets that sign, all at once; empty means unsigned.
        public var secrets: [WebhookSecret]
        /// The events that are sent.
        public var events: Set<EventType>
        /// What the payload looks like.
        public var format: Format
        /// Whether the pre-signed address of failed records is sent.
        public var includesFailedRecordsURL: Bool
        /// Further headers.
        public var headers: [HTTPHeader]
        /// The longest time for one attempt.
        public var timeout: Duration
        /// The most attempts at once.
        public var concurrency: Int
        /// How long after the event attempts are made.
        public var maxAge: Duration
        /// Certificates and keys.
        public var tls: HTTPRequest.TLSFiles

        /// The name; the rest may hold secrets.
        public var description: String { "webhook \(name)" }

        /// The same as ``description``.
        public var debugDescription: String { description }

        /// Only the name, so that no dump shows a secret.
        public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
    }

    /// Where the state is kept and for how long.
    public struct State: Hashable, Sendable {
        /// The kinds of store.
        public enum Store: Hashable, Sendable {
            /// A SQLite file.
            case sqlite(path: String)
        }

        /// Where it is kept.
        public var store: Store
        /// Where the control socket lies, unless systemd gives a directory for run-time files.
        public var controlPath: String
        /// How long finished jobs and deliveries are kept.
        public var keep: Duration
    }

    /// Where metrics are written.
    public struct Metrics: Hashable, Sendable {
        /// The file for node_exporter's textfile collector; `nil` means none.
        public var textfile: String?
    }
}

/// A secret that signs a webhook's notifications; never printed.
public enum WebhookSecret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// The key of an HMAC-SHA-256 (`whsec_…`), 24 to 64 bytes.
    case hmac(key: [UInt8])
    /// The seed of an Ed25519 key (`whsk_…`), 32 bytes.
    case ed25519(seed: [UInt8])

    /// The public half that receivers verify with (`whpk_…`); `nil` for a secret that both sides share.
    public var publicKey: String? {
        guard case .ed25519(let seed) = self, let key = Ed25519SigningKey(seed: seed) else { return nil }
        return "whpk_" + Base64.encode(key.publicKey)
    }

    /// The kind only.
    public var description: String {
        switch self {
        case .hmac: "an HMAC secret"
        case .ed25519: "an Ed25519 key"
        }
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// Only the kind, so that no dump shows a secret.
    public var customMirror: Mirror { Mirror(self, children: ["kind": description]) }
}
