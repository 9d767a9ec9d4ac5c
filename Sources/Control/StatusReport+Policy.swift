import ImportWatch

extension StatusReport.Source {
    /// What a source's poller knows.
    public init(_ poller: JobPoller, nextPoll: WallTime?, credentials: (provider: String, expiresAt: WallTime?)?) {
        let counts = poller.counts()
        self.init(
            name: poller.source,
            region: poller.region,
            health: Self.words(poller.health.state),
            requestsPerSecond: poller.pacer.rate,
            pace: poller.pacer.pace,
            watched: counts.watched,
            jobs: counts.listed,
            nextPoll: nextPoll,
            isThrottled: poller.pacer.isThrottled,
            credentials: credentials?.provider,
            credentialsExpireAt: credentials?.expiresAt
        )
    }

    private static func words(_ state: SourceHealth.State) -> String {
        switch state {
        case .healthy: "healthy"
        case .credentialsRefused(let problem): "credentials refused: \(problem.code): \(problem.message)"
        case .endpointDown(let problem): "endpoint down: \(problem.code): \(problem.message)"
        case .onlyThrottled(let problem): "only throttled: \(problem.code): \(problem.message)"
        }
    }
}

extension StatusReport.Job {
    /// What is remembered about a job, and what its poller knows besides, where one watches it.
    public init(
        _ record: JobRecord,
        nextPoll: WallTime? = nil,
        recordsPerSecond: Double? = nil,
        problem: String? = nil
    ) {
        let isOpen = record.finishedAt == nil
        self.init(
            source: record.source,
            id: record.key.id,
            status: record.status?.rawValue,
            processed: record.processedRecords,
            failed: record.failedRecords,
            answeredAt: record.answeredAt,
            nextPoll: nextPoll,
            attention: isOpen ? (record.toldLost ? "lost" : record.toldOverdue ? "overdue" : nil) : nil,
            createdAt: record.createdAt ?? record.firstSeenAt,
            finishedAt: record.finishedAt,
            recordsPerSecond: recordsPerSecond,
            problem: problem
        )
    }
}

extension StatusReport.Target {
    /// How a target's deliveries go.
    ///
    /// - Parameter dead: Deliveries that were given up and are still remembered.
    public init(_ schedule: DeliverySchedule, dead: Int, nextProbe: WallTime?) {
        self.init(
            name: schedule.target.name,
            health: Self.words(schedule.health.state),
            pending: schedule.pendingCount,
            lastSuccess: schedule.lastSuccess,
            dead: dead,
            nextProbe: nextProbe
        )
    }

    /// What the state of a daemon that does not run holds for a target.
    public init(stopped target: DeliveryTarget, pending: Int, dead: Int, lastSuccess: WallTime?) {
        self.init(
            name: target.name,
            health: "not running",
            pending: pending,
            lastSuccess: lastSuccess,
            dead: dead,
            nextProbe: nil
        )
    }

    private static func words(_ state: TargetHealth.State) -> String {
        switch state {
        case .open: "ok"
        case .failing(let problem, _, let failures): "failing (\(failures) in a row): \(problem.message)"
        case .gone(let problem): "gone: \(problem.message)"
        }
    }
}
