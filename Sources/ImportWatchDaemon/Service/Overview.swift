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
    var refusal: StatusReport.Refusal?
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
            pid: getpid(),
            startedAt: startedAt,
            configuration: configuration,
            state: state,
            summary: summary,
            sources: pollers.map(source),
            jobs: jobs(job),
            targets: schedules.map(target).sorted { $0.name < $1.name },
            reloadRefused: refusal
        )
    }

    private func source(_ poller: JobPoller) -> StatusReport.Source {
        var schedule = poller
        let credentials = credentials[poller.source]
        return StatusReport.Source(
            poller,
            nextPoll: schedule.nextPoll(now: now).map(time),
            credentials: credentials.map { ($0.provider, $0.expiresAt) }
        )
    }

    private func jobs(_ id: String?) -> [StatusReport.Job] {
        let views = pollers.flatMap { poller in
            id.map { [poller.view(ofJob: $0)].compactMap(\.self) } ?? poller.views(limit: StatusReport.jobLimit)
        }
        return views.sorted { JobRecord.needsLookFirst($0.record, $1.record) }.prefix(StatusReport.jobLimit).map {
            StatusReport.Job(
                $0.record,
                nextPoll: $0.nextPoll.map(time),
                recordsPerSecond: $0.recordsPerSecond,
                problem: $0.problem
            )
        }
    }

    private func target(_ schedule: DeliverySchedule) -> StatusReport.Target {
        StatusReport.Target(
            schedule,
            dead: dead[schedule.target] ?? 0,
            nextProbe: schedule.nextProbe(now: now).map(time)
        )
    }

    private func time(of instant: MonotonicInstant) -> WallTime {
        wall.advanced(by: now.duration(to: instant))
    }
}
