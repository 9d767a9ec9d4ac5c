import AWS
import Control
import Glibc
import ImportWatch

/// Puts together what the daemon says about itself: the status line and the status report.
struct Overview {
    let pollers: [JobPoller]
    let schedules: [DeliverySchedule]
    let stateProblem: StateStoreError?
    /// The last reload, where it was refused.
    var refusal: ReloadRefusal?
    /// The credentials in use, by source; for reports only.
    var credentials: [String: Credentials] = [:]
    /// Deliveries that were given up, by target; for reports only.
    var dead: [DeliveryTarget: Int] = [:]
    let now: MonotonicInstant
    let wall: WallTime

    /// One line: jobs, trouble, the next poll by the clock, pending deliveries, a refused reload.
    func line(nextPoll: MonotonicInstant?, pending: Int) -> String {
        var counts = JobCounts()
        for poller in pollers { counts.add(poller.counts()) }
        var parts = ["watching " + counts.watched.counted("job")]
        if counts.processing > 0 { parts[0] += " (\(counts.processing) processing)" }
        parts += counts.trouble
        let throttled = pollers.filter(\.pacer.isThrottled).count
        if throttled > 0 { parts.append(throttled.counted("throttled source")) }
        let troubled = pollers.filter { !$0.health.isHealthy }.count
        if troubled > 0 { parts.append("\(troubled.counted("source")) in trouble") }
        if let nextPoll { parts.append("next poll \(time(of: nextPoll).localClock)") }
        if pending > 0 { parts.append("\(pending.counted("delivery", "deliveries")) pending") }
        if let refusal { parts.append("a reload was refused \(refusal.at.localClock)") }
        if stateProblem != nil { parts.append("the state can't be written") }
        return parts.joined(separator: ", ")
    }

    /// - Parameter job: Only this job is shown; all where it is `nil`.
    func report(
        configuration: String,
        state: String,
        startedAt: WallTime,
        summary: String,
        job: String?
    ) -> StatusReport {
        StatusReport(
            version: importWatchVersion,
            pid: Int64(getpid()),
            startedAt: startedAt.rfc3339,
            configuration: configuration,
            state: state,
            summary: summary,
            sources: pollers.map(source),
            jobs: jobs(job),
            targets: schedules.map(target).sorted { $0.name < $1.name },
            reloadRefused: refusal.map { StatusReport.Refusal(at: $0.at.rfc3339, complaint: $0.complaint) }
        )
    }

    private func source(_ poller: JobPoller) -> StatusReport.Source {
        let counts = poller.counts()
        var schedule = poller
        return StatusReport.Source(
            name: poller.source,
            region: poller.region,
            health: words(poller.health.state),
            requestsPerSecond: poller.pacer.rate,
            pace: poller.pacer.pace,
            watched: Int64(counts.watched),
            jobs: Int64(counts.listed),
            nextPoll: schedule.nextPoll(now: now).map { time(of: $0).rfc3339 },
            isThrottled: poller.pacer.isThrottled,
            credentials: credentials[poller.source]?.provider,
            credentialsExpireAt: credentials[poller.source]?.expiresAt?.rfc3339
        )
    }

    private func words(_ state: SourceHealth.State) -> String {
        switch state {
        case .healthy: "healthy"
        case .credentialsRefused(let problem): "credentials refused: \(problem.code): \(problem.message)"
        case .endpointDown(let problem): "endpoint down: \(problem.code): \(problem.message)"
        case .onlyThrottled(let problem): "only throttled: \(problem.code): \(problem.message)"
        }
    }

    private func jobs(_ id: String?) -> [StatusReport.Job] {
        let views = pollers.flatMap { poller in
            id.map { poller.view(ofJob: $0).map { [$0] } ?? [] } ?? poller.views(limit: StatusReport.jobLimit)
        }
        let byKey = Dictionary(views.map { ($0.record.key, $0) }) { first, _ in first }
        return views.map(\.record).sorted(by: JobRecord.needsLookFirst).prefix(StatusReport.jobLimit).map { record in
            let view = byKey[record.key]
            return StatusReport.Job(
                record,
                nextPoll: view?.nextPoll.map { time(of: $0).rfc3339 },
                recordsPerSecond: view?.recordsPerSecond,
                problem: view?.problem
            )
        }
    }

    private func target(_ schedule: DeliverySchedule) -> StatusReport.Target {
        let health: String
        switch schedule.health.state {
        case .open: health = "ok"
        case .failing(let problem, _, let failures): health = "failing (\(failures) in a row): \(problem.message)"
        case .gone(let problem): health = "gone: \(problem.message)"
        }
        return StatusReport.Target(
            name: schedule.target.name,
            health: health,
            pending: Int64(schedule.pendingCount),
            lastSuccess: schedule.lastSuccess?.rfc3339,
            dead: Int64(dead[schedule.target] ?? 0),
            nextProbe: schedule.nextProbe(now: now).map { time(of: $0).rfc3339 }
        )
    }

    private func time(of instant: MonotonicInstant) -> WallTime {
        wall.advanced(by: now.duration(to: instant))
    }
}

/// A reload whose configuration could not be put in force.
struct ReloadRefusal: Hashable {
    var at: WallTime
    /// The first thing that is wrong, without secrets.
    var complaint: String
}
