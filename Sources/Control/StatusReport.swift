import JSON

/// What the daemon says about itself, its sources, jobs and webhooks; all times are RFC 3339 in UTC.
public struct StatusReport: Hashable, Sendable {
    /// A source and how its polls get through.
    public struct Source: Hashable, Sendable {
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
        public var watched: Int64
        /// All jobs.
        public var jobs: Int64
        /// When the next poll is due.
        public var nextPoll: String?
        /// Whether throttling has lowered the pace.
        public var isThrottled: Bool
        /// Which provider gave the credentials in use; `nil` before the first.
        public var credentials: String?
        /// When the credentials in use end; `nil` for those without an end.
        public var credentialsExpireAt: String?

        /// Makes a source.
        public init(
            name: String,
            region: String,
            health: String,
            requestsPerSecond: Double,
            pace: Double,
            watched: Int64,
            jobs: Int64,
            nextPoll: String?,
            isThrottled: Bool = false,
            credentials: String? = nil,
            credentialsExpireAt: String? = nil
        ) {
            self.name = name
            self.region = region
            self.health = health
            self.requestsPerSecond = requestsPerSecond
            self.pace = pace
            self.watched = watched
            self.jobs = jobs
            self.nextPoll = nextPoll
            self.isThrottled = isThrottled
            self.credentials = credentials
            self.credentialsExpireAt = credentialsExpireAt
        }
    }

    /// A job and how far it has got.
    public struct Job: Hashable, Sendable {
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
        public var answeredAt: String?
        /// When the next poll is due.
        public var nextPoll: String?
        /// `lost` or `overdue`, where that was told.
        public var attention: String?
        /// When the job was created, or else when its ID was first seen.
        public var createdAt: String?
        /// When the daemon learnt that it had ended.
        public var finishedAt: String?
        /// Records a second between the last two answers; `nil` where it does not move.
        public var recordsPerSecond: Double?
        /// What the service last said of it, where that was no good news.
        public var problem: String?

        /// Makes a job.
        public init(
            source: String,
            id: String,
            status: String?,
            processed: Int64?,
            failed: Int64?,
            answeredAt: String?,
            nextPoll: String?,
            attention: String?,
            createdAt: String? = nil,
            finishedAt: String? = nil,
            recordsPerSecond: Double? = nil,
            problem: String? = nil
        ) {
            self.source = source
            self.id = id
            self.status = status
            self.processed = processed
            self.failed = failed
            self.answeredAt = answeredAt
            self.nextPoll = nextPoll
            self.attention = attention
            self.createdAt = createdAt
            self.finishedAt = finishedAt
            self.recordsPerSecond = recordsPerSecond
            self.problem = problem
        }
    }

    /// A target of notifications.
    public struct Target: Hashable, Sendable {
        /// `journal`, or the webhook's name.
        public var name: String
        /// `ok`, or why notifications don't arrive.
        public var health: String
        /// Deliveries that have neither arrived nor been given up.
        public var pending: Int64
        /// When a notification last arrived, since the start.
        public var lastSuccess: String?
        /// Deliveries that were given up and are still remembered.
        public var dead: Int64
        /// When the next single try shows whether it takes notifications again; `nil` while all may go out.
        public var nextProbe: String?

        /// Makes a target.
        public init(
            name: String,
            health: String,
            pending: Int64,
            lastSuccess: String?,
            dead: Int64 = 0,
            nextProbe: String? = nil
        ) {
            self.nextProbe = nextProbe
            self.name = name
            self.health = health
            self.pending = pending
            self.lastSuccess = lastSuccess
            self.dead = dead
        }
    }

    /// A reload that was refused.
    public struct Refusal: Hashable, Sendable {
        /// When.
        public var at: String
        /// The first thing that was wrong.
        public var complaint: String

        /// Makes a refusal.
        public init(at: String, complaint: String) {
            self.at = at
            self.complaint = complaint
        }
    }

    /// The most jobs that a report holds.
    public static let jobLimit = 10_000

    /// How the daemon of a state stands.
    public enum Standing: String, Hashable, Sendable {
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
    public var pid: Int64?
    /// When it started; `nil` where none runs.
    public var startedAt: String?
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

    /// Makes a report.
    public init(
        daemon: Standing = .running,
        version: String,
        pid: Int64?,
        startedAt: String?,
        configuration: String,
        state: String,
        summary: String,
        sources: [Source],
        jobs: [Job],
        targets: [Target],
        reloadRefused: Refusal? = nil
    ) {
        self.reloadRefused = reloadRefused
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
    }
}

extension StatusReport {
    /// The report as the control socket carries it and `importwatchctl status --json` prints it.
    public var json: JSONValue {
        [
            "daemon": .string(daemon.rawValue), "version": .string(version), "pid": JSONValue(pid),
            "started_at": JSONValue(startedAt),
            "configuration": .string(configuration), "state": .string(state), "summary": .string(summary),
            "sources": .array(sources.map(\.json)), "jobs": .array(jobs.map(\.json)),
            "targets": .array(targets.map(\.json)), "reload_refused": reloadRefused?.json ?? .null,
        ]
    }

    /// Reads ``json``; `nil` when something that every report has is missing.
    public init?(json: JSONValue) {
        guard let version = json["version"]?.string, let configuration = json["configuration"]?.string,
            let state = json["state"]?.string, let summary = json["summary"]?.string,
            let sources = json["sources"]?.array, let jobs = json["jobs"]?.array, let targets = json["targets"]?.array
        else { return nil }
        self.init(
            daemon: json["daemon"]?.string.flatMap(Standing.init(rawValue:)) ?? .running,
            version: version,
            pid: json["pid"]?.integer,
            startedAt: json["started_at"]?.string,
            configuration: configuration,
            state: state,
            summary: summary,
            sources: sources.compactMap(Source.init(json:)),
            jobs: jobs.compactMap(Job.init(json:)),
            targets: targets.compactMap(Target.init(json:)),
            reloadRefused: json["reload_refused"].flatMap(Refusal.init(json:))
        )
    }
}

extension StatusReport.Refusal {
    var json: JSONValue { ["at": .string(at), "complaint": .string(complaint)] }

    init?(json: JSONValue) {
        guard let at = json["at"]?.string, let complaint = json["complaint"]?.string else { return nil }
        self.init(at: at, complaint: complaint)
    }
}

extension StatusReport.Source {
    var json: JSONValue {
        [
            "name": .string(name), "region": .string(region), "health": .string(health),
            "requests_per_second": .number(requestsPerSecond), "pace": .number(pace), "watched": .integer(watched),
            "jobs": .integer(jobs), "next_poll": JSONValue(nextPoll), "throttled": .bool(isThrottled),
            "credentials": JSONValue(credentials), "credentials_expire_at": JSONValue(credentialsExpireAt),
        ]
    }

    init?(json: JSONValue) {
        guard let name = json["name"]?.string, let region = json["region"]?.string,
            let health = json["health"]?.string, let rate = json["requests_per_second"]?.number,
            let pace = json["pace"]?.number, let watched = json["watched"]?.integer, let jobs = json["jobs"]?.integer
        else { return nil }
        self.init(
            name: name,
            region: region,
            health: health,
            requestsPerSecond: rate,
            pace: pace,
            watched: watched,
            jobs: jobs,
            nextPoll: json["next_poll"]?.string,
            isThrottled: json["throttled"]?.bool ?? false,
            credentials: json["credentials"]?.string,
            credentialsExpireAt: json["credentials_expire_at"]?.string
        )
    }
}

extension StatusReport.Job {
    var json: JSONValue {
        [
            "source": .string(source), "id": .string(id), "status": JSONValue(status),
            "processed": JSONValue(processed), "failed": JSONValue(failed), "answered_at": JSONValue(answeredAt),
            "next_poll": JSONValue(nextPoll), "attention": JSONValue(attention), "created_at": JSONValue(createdAt),
            "finished_at": JSONValue(finishedAt),
            "records_per_second": recordsPerSecond.map(JSONValue.number) ?? .null, "problem": JSONValue(problem),
        ]
    }

    init?(json: JSONValue) {
        guard let source = json["source"]?.string, let id = json["id"]?.string else { return nil }
        self.init(
            source: source,
            id: id,
            status: json["status"]?.string,
            processed: json["processed"]?.integer,
            failed: json["failed"]?.integer,
            answeredAt: json["answered_at"]?.string,
            nextPoll: json["next_poll"]?.string,
            attention: json["attention"]?.string,
            createdAt: json["created_at"]?.string,
            finishedAt: json["finished_at"]?.string,
            recordsPerSecond: json["records_per_second"]?.number,
            problem: json["problem"]?.string
        )
    }
}

extension StatusReport.Target {
    var json: JSONValue {
        [
            "name": .string(name), "health": .string(health), "pending": .integer(pending),
            "last_success": JSONValue(lastSuccess), "dead": .integer(dead), "next_probe": JSONValue(nextProbe),
        ]
    }

    init?(json: JSONValue) {
        guard let name = json["name"]?.string, let health = json["health"]?.string,
            let pending = json["pending"]?.integer
        else { return nil }
        self.init(
            name: name,
            health: health,
            pending: pending,
            lastSuccess: json["last_success"]?.string,
            dead: json["dead"]?.integer ?? 0,
            nextProbe: json["next_probe"]?.string
        )
    }
}
