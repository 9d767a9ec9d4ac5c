import Control
import ImportWatch
import SQLiteStore

/// What a state says of its jobs and deliveries while no daemon runs.
enum OfflineReport {
    static func report(_ state: OfflineState, configuration: String, path: String, job: String?) throws(StateStoreError)
        -> StatusReport
    {
        let records = try state.jobs().filter { job == nil || $0.key.id == job }
        let standing: StatusReport.Standing = state.wasCleanlyStopped ? .stopped : .crashed
        var counts = JobCounts()
        for record in records { counts.add(record) }
        let jobs = ["\(counts.watched) of \(records.count.counted("job")) had not ended"] + counts.trouble
        let targets = try state.targets()
        let pending = targets.reduce(0) { $0 + $1.pending }
        return StatusReport(
            daemon: standing,
            version: importWatchVersion,
            pid: nil,
            startedAt: nil,
            configuration: configuration,
            state: path,
            summary: "\(standing.rawValue): \(jobs.joined(separator: ", ")), "
                + "\(pending.counted("delivery", "deliveries")) pending",
            sources: [],
            jobs: records.sorted(by: JobRecord.needsLookFirst).prefix(StatusReport.jobLimit).map {
                StatusReport.Job($0)
            },
            targets: targets.map { entry in
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
