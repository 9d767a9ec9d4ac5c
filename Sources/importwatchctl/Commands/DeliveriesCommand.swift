import ArgumentParser
import Control
import Glibc
import ImportWatch
import JSON

/// Shows what became of notifications, from the daemon or, where none runs, from its state.
struct DeliveriesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "Shows notifications and what became of them.",
        usage: "importwatchctl deliveries [--state STATE] [OPTION]...",
        discussion: """
            The newest event's first. Asks the daemon, or reads its state where none runs.

            Examples:
              importwatchctl deliveries --state dead
              importwatchctl deliveries --webhook ops --json
              importwatchctl deliveries --job 6f0c4f8e-0d3b-4f9a-9a55-0c1d2e3f4a5b
            """
    )

    @OptionGroup var config: ConfigurationOption
    @Option(help: ArgumentHelp("Only those that are pending, delivered or dead.", valueName: "STATE")) var state:
        DeliveryRecord.State?
    @Option(help: ArgumentHelp("Only those to this webhook.", valueName: "NAME"), completion: .webhookName)
    var webhook: String?
    @Option(help: ArgumentHelp("Only those about this job.", valueName: "JOB_ID")) var job: String?
    @Option(help: ArgumentHelp("At most so many.", valueName: "COUNT")) var limit = 1000
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        guard (1...10_000).contains(limit) else { throw ValidationError("--limit lies between 1 and 10000") }
    }

    func run() throws {
        let filter = DeliveryFilter(state: state, target: webhook.map(DeliveryTarget.webhook), jobID: job, limit: limit)
        let deliveries = try config.state(
            online: { client, path throws(ControlError) in try client.deliveries(filter, statePath: path) },
            offline: { state, _ throws(StateStoreError) in try state.deliveries(filter).json }
        )
        if json { return Output.json(["deliveries": .array(deliveries)]) }
        let width = isatty(STDOUT_FILENO) == 1 ? Terminal.width(STDOUT_FILENO) : nil
        for line in TextTable(deliveries: deliveries).lines(width: width) { Output.line(line) }
    }
}

extension DeliveryRecord.State: ExpressibleByArgument {}

extension TextTable {
    /// Deliveries as ``DeliveryRecord/json`` gives them.
    init(deliveries: [JSONValue]) {
        self.init([
            .init("STATE"), .init("TO", isFlexible: true), .init("EVENT", isFlexible: true, isCutLast: true),
            .init("TYPE", expendable: 2),
            .init("JOB", isFlexible: true), .init("TRIES", isNumber: true, expendable: 3),
            .init("LAST TRY", expendable: 4),
            .init("PROBLEM", isFlexible: true, expendable: 1),
        ])
        for delivery in deliveries {
            func text(_ name: String) -> String { delivery[name]?.string ?? "-" }
            add([
                text("state"), delivery["webhook"]?.string ?? text("target"), text("event_id"),
                text("type").split(separator: ".").last.map(String.init) ?? "-", text("job_id"),
                String(delivery["attempts"]?.integer ?? 0), text("last_attempt_at"),
                delivery["problem"]?.string ?? "",
            ])
        }
    }
}
