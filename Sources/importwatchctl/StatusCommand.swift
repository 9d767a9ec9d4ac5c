import ArgumentParser
import Control
import ImportWatch
import JSON

/// Shows what the daemon is doing.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows jobs, sources and webhooks.",
        discussion: """
            Asks the daemon; where none runs, shows what its state holds and says whether it
            stopped or crashed. Exit: 0 a daemon runs, 1 none does.
            """
    )

    @OptionGroup var config: ConfigurationOption
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let path = config.path
        let report = try config.state(
            online: { client, _ throws(ControlError) in try client.status() },
            offline: { state, statePath throws(StateStoreError) in
                try OfflineReport.report(state, configuration: path, path: statePath)
            }
        )
        show(report)
        // Whoever scripts this has to see that nobody watches.
        if report.daemon != .running { throw ExitCode(ExitStatus.failure) }
    }

    private func show(_ report: StatusReport) {
        guard !json else {
            return Output.line(String(decoding: report.json.encoded(), as: UTF8.self))
        }
        if let pid = report.pid, let since = report.startedAt {
            Output.line("importwatchd \(report.version), pid \(pid), since \(since)")
        } else {
            Output.line("importwatchd does not run; this is what \(report.state) holds")
        }
        Output.line(report.summary)
        Output.write("\n" + TextTable(jobs: report.jobs).rendered)
        if !report.sources.isEmpty { Output.write("\n" + TextTable(sources: report.sources).rendered) }
        Output.write("\n" + TextTable(targets: report.targets).rendered)
    }
}
