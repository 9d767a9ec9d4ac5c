import ImportWatch
import Webhook

/// A whole configuration, checked and with its defaults filled in.
public struct Configuration: Hashable, Sendable {
    /// The file it was read from.
    public var path: String
    /// The sources, each with a name of its own.
    public var sources: [Source]
    /// The webhooks, each with a name of its own.
    public var webhooks: [WebhookSettings]
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
        public var jobsFiles: [String] = []
        /// Whether every job that the service lists is watched too.
        public var discover = false
        /// How it is polled.
        public var polling = PollingSettings()
        /// By which operation it is polled.
        public var strategy = Strategy.auto
        /// The longest time for one request.
        public var requestTimeout = Duration.seconds(15)
        /// The longest wait for a connection.
        public var connectTimeout = Duration.seconds(5)

        /// Takes what has no default.
        public init(name: String, jobs: [String] = []) {
            self.name = name
            self.jobs = jobs
        }
    }

    /// Where the state is kept and for how long.
    public struct State: Hashable, Sendable {
        /// The database file.
        public var path: String
        /// How long finished jobs and deliveries are kept.
        public var keep: Duration
    }

    /// Where metrics are written.
    public struct Metrics: Hashable, Sendable {
        /// The file for node_exporter's textfile collector; `nil` means none.
        public var textfile: String?
    }
}
