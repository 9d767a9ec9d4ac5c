import ArgumentParser
import ImportWatch
import ImportWatchDaemon
import Platform

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
            ReloadCommand.self, JobsCommand.self, WaitCommand.self, TestWebhookCommand.self,
        ]
    )

    /// Parses and runs; a wrong usage exits with 2, as the daemon's does.
    static func main() {
        do {
            var command = try parseAsRoot(ProgramArguments.read())
            try command.run()
        } catch let end as any EndingError {
            Failure.end(end)
        } catch let code as ExitCode {
            Failure.end(code)
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
    static let waitTimeout: Int32 = 75

    /// The status for how a job ended.
    static func wait(_ type: EventType) -> Int32 {
        switch type {
        case .completed, .overdue: 0
        case .completedWithErrors: 10
        case .failed: 11
        case .cancelled: 12
        case .lost: 13
        }
    }

    /// Whether an end is less grave than another: completed, with failed records, cancelled, lost, failed.
    static func isLessGrave(_ left: Int32, _ right: Int32) -> Bool {
        let order: [Int32] = [0, 10, 12, 13, 11]
        return (order.firstIndex(of: left) ?? 0) < (order.firstIndex(of: right) ?? 0)
    }
}
