import ArgumentParser
import Control
import Glibc
import ImportWatch
import ImportWatchDaemon
import JSON
import Platform

/// Shows what the daemon is doing.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows jobs, sources and webhooks.",
        usage: "importwatchctl status [--watch | --job JOB_ID | --json]",
        discussion: """
            Asks the daemon; where none runs, shows what its state holds and says
            whether it stopped or crashed. Exit: 0 a daemon runs, 1 none does.

            Examples:
              importwatchctl status
              importwatchctl status --watch
              importwatchctl status --job 6f0c4f8e-0d3b-4f9a-9a55-0c1d2e3f4a5b
              importwatchctl status --json
            """
    )

    @OptionGroup var config: ConfigurationOption
    @Flag(help: "Draw it anew every second, until Ctrl-C.") var watch = false
    @Option(help: ArgumentHelp("Tell one job's story.", valueName: "JOB_ID")) var job: String?
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        if watch, json || job != nil { throw ValidationError("--watch goes with neither --json nor --job") }
        if watch, isatty(STDOUT_FILENO) == 0 { throw ValidationError("--watch needs a terminal") }
    }

    func run() throws {
        if watch { return try StatusWatch(config: config).run() }
        if let job { return try JobStory(config: config, jobID: job, json: json).run() }
        let report = try config.status()
        if json {
            Output.json(report.json)
        } else {
            let isTerminal = isatty(STDOUT_FILENO) == 1
            let style = StatusScreen.Style(
                width: isTerminal ? Terminal.width(STDOUT_FILENO) : nil,
                hasColours: Output.hasColours(STDOUT_FILENO)
            )
            let screen = StatusScreen(report: report, now: SystemClock().wall(), style: style)
            for line in screen.lines { Output.line(line) }
        }
        // Whoever scripts this has to see that nobody watches.
        if report.daemon != .running { throw ExitCode(ExitStatus.failure) }
    }
}

extension ConfigurationOption {
    /// The daemon's status, or what the state holds where none runs.
    func status(job: String? = nil) throws -> StatusReport {
        try state(
            online: { client, _ throws(ControlError) in try client.status(job: job) },
            offline: { state, path throws(StateStoreError) in
                try OfflineReport.report(state, configuration: self.path, path: path, job: job)
            }
        )
    }
}
