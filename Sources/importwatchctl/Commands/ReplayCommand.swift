import ArgumentParser
import Control
import Glibc
import ImportWatch
import ImportWatchDaemon
import Platform

/// Has notifications sent again, by the daemon or, where none runs, at its next start.
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Sends notifications to webhooks again.",
        usage: """
            importwatchctl replay EVENT_ID
            importwatchctl replay --dead | --pending | --webhook NAME | --since TIME
            """,
        discussion: """
            They keep their event IDs, by which receivers drop repeats. Where no daemon
            runs they go out at its next start. Exit: 0, also where there was none to send,
            1 no such event.

            Examples:
              importwatchctl replay evt_0123456789abcdef0123456789abcdef
              importwatchctl replay --dead
              importwatchctl replay --pending
              importwatchctl replay --webhook ops
              importwatchctl replay --since 2026-11-23T00:00:00Z
            """
    )

    @OptionGroup var config: ConfigurationOption
    @Argument(help: ArgumentHelp("The event's ID.", valueName: "EVENT_ID")) var eventID: String?
    @Flag(help: "All that were given up.") var dead = false
    @Flag(help: "All that wait for their next try.") var pending = false
    @Option(help: ArgumentHelp("All to this webhook.", valueName: "NAME"), completion: .webhookName)
    var webhook: String?
    @Option(help: ArgumentHelp("All of events since this time.", valueName: "RFC3339")) var since: WallTime?

    private var selections: [ReplaySelection] {
        [
            eventID.map(ReplaySelection.event), dead ? .dead : nil, pending ? .pending : nil,
            webhook.map(ReplaySelection.webhook),
            since.map(ReplaySelection.since),
        ].compactMap { $0 }
    }

    func validate() throws {
        guard selections.count == 1 else {
            throw ValidationError("give one of EVENT_ID, --dead, --pending, --webhook NAME and --since TIME")
        }
    }

    func run() throws {
        guard let selection = selections.first else { return }
        var isOffline = false
        let count = try config.state(
            for: .writing,
            online: { client, path throws(ControlError) in try client.replay(selection, statePath: path) },
            offline: { state, _ throws(StateStoreError) in
                isOffline = true
                return try state.replay(selection, at: SystemClock().wall())
            }
        )
        if count == 0, let eventID {
            throw Failure("no notification of event \(eventID.inOneLine) is remembered")
        }
        let words = count.counted("notification")
        Output.line(isOffline ? "\(words) to be sent at the daemon's next start" : "\(words) to be sent again")
    }
}

extension WallTime: ExpressibleByArgument {
    /// Reads RFC 3339.
    public init?(argument: String) {
        self.init(rfc3339: argument)
    }
}
