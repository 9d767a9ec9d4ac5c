import Control
import ImportWatch

/// What a state says of its jobs and deliveries while no daemon runs.
enum OfflineReport {
    static func report(
        _ state: StoppedSummary,
        in place: any StatePlace,
        configuration: String,
        job: String?
    ) -> StatusReport {
        let records = state.jobs.filter { job == nil || $0.key.id == job }
        let standing: StatusReport.Standing = state.wasCleanlyStopped ? .stopped : .crashed
        var counts = JobCounts()
        for record in records { counts.add(record) }
        let jobs = ["\(counts.watched) of \(records.count.counted("job")) had not ended"] + counts.trouble
        let pending = state.targets.reduce(0) { $0 + $1.pending }
        return StatusReport(
            daemon: standing,
            version: importWatchVersion,
            pid: nil,
            startedAt: nil,
            configuration: configuration,
            state: place.description,
            summary: "\(standing.rawValue): \(jobs.joined(separator: ", ")), "
                + "\(pending.counted("delivery", "deliveries")) pending",
            sources: [],
            jobs: records.sorted(by: JobRecord.needsLookFirst).prefix(StatusReport.jobLimit).map {
                StatusReport.Job($0)
            },
            targets: state.targets.map { entry in
                StatusReport.Target(
                    stopped: entry.target,
                    pending: entry.pending,
                    dead: entry.dead,
                    lastSuccess: entry.lastSuccess
                )
            }
        )
    }
}
