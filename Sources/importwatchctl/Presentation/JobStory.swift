import ArgumentParser
import Control
import Glibc
import ImportWatch
import JSON

/// Tells all there is to know of one job: how it stands, what was told about it, and where to read on.
struct JobStory {
    let config: ConfigurationOption
    let jobID: String
    let json: Bool

    func run() throws {
        let report = try config.status(job: jobID)
        let filter = DeliveryFilter(jobID: jobID)
        let deliveries = try config.state(
            online: { client, path throws(ControlError) in try client.deliveries(filter, statePath: path) },
            offline: { state, _ throws(StateStoreError) in try state.deliveries(filter).json }
        )
        if json {
            Output.json(["daemon": report.daemon.json, "jobs": report.jobs.json, "deliveries": .array(deliveries)])
        } else {
            tell(report, deliveries)
        }
        if report.jobs.isEmpty, deliveries.isEmpty { throw ExitCode(ExitStatus.failure) }
    }

    private func tell(_ report: StatusReport, _ deliveries: [JSONValue]) {
        if report.daemon != .running { Output.line("importwatchd does not run (\(report.daemon.rawValue))") }
        if report.jobs.isEmpty { Output.line("job \(jobID.inOneLine) is not watched") }
        for job in report.jobs {
            Output.line("job \(job.id.inOneLine), source \(job.source.inOneLine)")
            line("status", (job.status ?? "not answered yet") + (job.attention.map { ", told as \($0)" } ?? ""))
            if let processed = job.processed { line("processed", "\(processed), \(job.failed ?? 0) failed") }
            line("created", job.createdAt?.rfc3339)
            line("last answer", job.answeredAt?.rfc3339)
            line("ended", job.finishedAt?.rfc3339)
            line("next poll", job.nextPoll?.rfc3339)
            line("problem", job.problem)
        }
        for delivery in deliveries {
            func text(_ name: String) -> String { delivery[name]?.string ?? "-" }
            let attempts = delivery["attempts"]?.integer ?? 0
            var words = "\(text("type")) to \(delivery["webhook"]?.string ?? "the journal"): \(text("state"))"
            words += ", \(Int(clamping: attempts).counted("attempt"))"
            if let problem = delivery["problem"]?.string { words += ", \(problem)" }
            line("told", words)
        }
        Output.line("  more:        journalctl SES_JOB_ID=\(jobID.inOneLine)")
    }

    private func line(_ title: String, _ text: String?) {
        guard let text else { return }
        Output.line("  \(title):" + String(repeating: " ", count: max(1, 12 - title.count)) + text.inOneLine)
    }
}
