import ImportWatch
import JSON

/// What the daemon says about itself, its sources, jobs and webhooks.
public struct StatusReport: Hashable, Sendable, JSONRecord {
    /// A source and how its polls get through.
    public struct Source: Hashable, Sendable, JSONRecord {
        /// The source's name.
        public var name: String
        /// Its Region.
        public var region: String
        /// `healthy`, `credentials refused` or `endpoint down`, with what the service said.
        public var health: String
        /// The request budget, in requests a second.
        public var requestsPerSecond: Double
        /// The pace in force, in requests a second.
        public var pace: Double
        /// The jobs that have not ended.
        public var watched: Int
        /// All jobs.
        public var jobs: Int
        /// When the next poll is due.
        public var nextPoll: WallTime?
        /// Whether throttling has lowered the pace.
        public var isThrottled: Bool
        /// Which provider gave the credentials in use; `nil` before the first.
        public var credentials: String?
        /// When the credentials in use end; `nil` for those without an end.
        public var credentialsExpireAt: WallTime?
    }

    /// A job and how far it has got.
    public struct Job: Hashable, Sendable, JSONRecord {
        /// The source's name.
        public var source: String
        /// The job's ID.
        public var id: String
        /// The status the service gave last; `nil` before the first answer.
        public var status: String?
        /// Records processed.
        public var processed: Int64?
        /// Records failed.
        public var failed: Int64?
        /// When the service last gave an answer about it.
        public var answeredAt: WallTime?
        /// When the next poll is due.
        public var nextPoll: WallTime?
        /// `lost` or `overdue`, where that was told.
        public var attention: String?
        /// When the job was created, or else when its ID was first seen.
        public var createdAt: WallTime?
        /// When the daemon learnt that it had ended.
        public var finishedAt: WallTime?
        /// Records a second between the last two answers; `nil` where it does not move.
        public var recordsPerSecond: Double?
        /// What the service last said of it, where that was no good news.
        public var problem: String?
    }

    /// A target of notifications.
    public struct Target: Hashable, Sendable, JSONRecord {
        /// `journal`, or the webhook's name.
        public var name: String
        /// `ok`, or why notifications don't arrive.
        public var health: String
        /// Deliveries that have neither arrived nor been given up.
        public var pending: Int
        /// When a notification last arrived, since the start.
        public var lastSuccess: WallTime?
        /// Deliveries that were given up and are still remembered.
        public var dead: Int
        /// When the next single try shows whether it takes notifications again; `nil` while all may go out.
        public var nextProbe: WallTime?
    }

    /// A reload that was refused.
    public struct Refusal: Hashable, Sendable, JSONRecord {
        /// When.
        public var at: WallTime
        /// The first thing that was wrong.
        public var complaint: String

        package init(at: WallTime, complaint: String) {
            (self.at, self.complaint) = (at, complaint)
        }
    }

    /// The most jobs that a report holds.
    public static let jobLimit = 10_000

    /// How the daemon of a state stands.
    public enum Standing: String, Hashable, Sendable, JSONConvertible {
        /// It runs, and this is its own report.
        case running
        /// It stopped in good order; this is what its state holds.
        case stopped
        /// It ended without stopping in good order; this is what its state holds.
        case crashed
    }

    /// How the daemon stands.
    public var daemon: Standing
    /// The daemon's version, or the tool's where no daemon runs.
    public var version: String
    /// Its process; `nil` where none runs.
    public var pid: Int32?
    /// When it started; `nil` where none runs.
    public var startedAt: WallTime?
    /// The configuration file.
    public var configuration: String
    /// The state file.
    public var state: String
    /// The one line that the service manager has, too.
    public var summary: String
    /// The sources.
    public var sources: [Source]
    /// The jobs that need attention first, at most ``jobLimit``.
    public var jobs: [Job]
    /// The journal and the webhooks.
    public var targets: [Target]
    /// The last reload, where it was refused: what is in force is older than the files.
    public var reloadRefused: Refusal?

    package init(
        daemon: Standing = .running,
        version: String,
        pid: Int32?,
        startedAt: WallTime?,
        configuration: String,
        state: String,
        summary: String,
        sources: [Source],
        jobs: [Job],
        targets: [Target],
        reloadRefused: Refusal? = nil
    ) {
        self.daemon = daemon
        self.version = version
        self.pid = pid
        self.startedAt = startedAt
        self.configuration = configuration
        self.state = state
        self.summary = summary
        self.sources = sources
        self.jobs = jobs
        self.targets = targets
        self.reloadRefused = reloadRefused
    }
}
