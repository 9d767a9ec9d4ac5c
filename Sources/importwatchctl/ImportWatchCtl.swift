import ArgumentParser
import ImportWatch

#if canImport(Glibc)
    import Glibc
#endif

/// The tool for people: checks the configuration and asks the daemon.
@main
struct ImportWatchCtl: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "importwatchctl",
        abstract: "Checks importwatchd's configuration and asks the running daemon.",
        discussion: """
            Examples:
              importwatchctl check
              importwatchctl check --config ./importwatchd.toml
              importwatchctl doctor --probe JOB_ID
              importwatchctl status --json
              importwatchctl deliveries --state dead
              importwatchctl replay --dead
              importwatchctl reload

            Exit: 0, 2 usage, 4 the configuration can't be read for lack of
            permission, 6 configuration bad or missing, 1 anything else.
            """,
        version: "importwatchctl \(importWatchVersion)",
        subcommands: [
            CheckCommand.self, DoctorCommand.self, StatusCommand.self, DeliveriesCommand.self, ReplayCommand.self,
            ReloadCommand.self,
        ]
    )

    /// Parses and runs; a wrong usage exits with 2, as the daemon's does.
    static func main() {
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let code as ExitCode {
            Glibc.exit(code.rawValue)
        } catch {
            let text = fullMessage(for: error)
            let isUsage = exitCode(for: error) != .success
            Output.write(text.isEmpty ? "" : text + "\n", to: isUsage ? STDERR_FILENO : STDOUT_FILENO)
            Glibc.exit(isUsage ? ExitStatus.usage : 0)
        }
    }
}

/// The tool's exit codes.
enum ExitStatus {
    static let failure: Int32 = 1
    static let usage: Int32 = 2
    static let stateInUse: Int32 = 3
    static let noPermission: Int32 = 4
    static let badConfiguration: Int32 = 6
}
