import ArgumentParser
import Control
import JSON

/// Shows what the daemon is doing.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows jobs, sources and webhooks of the running daemon."
    )

    @OptionGroup var config: ConfigurationOption
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let report = try config.ask { client throws(ControlError) in try client.status() }
        guard !json else {
            return Output.line(String(decoding: report.json.encoded(), as: UTF8.self))
        }
        Output.line("importwatchd \(report.version), pid \(report.pid), since \(report.startedAt)")
        Output.line(report.summary)
        Output.write("\n" + TextTable(jobs: report.jobs).rendered)
        Output.write("\n" + TextTable(sources: report.sources).rendered)
        Output.write("\n" + TextTable(targets: report.targets).rendered)
    }
}
