import ArgumentParser
import Control
import Glibc
import ImportWatch

/// Has the daemon read its configuration anew and waits for the verdict.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract: "Has the daemon read its configuration anew.",
        discussion: "A bad configuration changes nothing. Exit: 0 in force, 6 bad, 1 no daemon."
    )

    @OptionGroup var config: ConfigurationOption

    func run() throws {
        let verdict = try config.ask { client throws(ControlError) in try client.reload() }
        try Self.show(verdict)
    }

    /// Prints a verdict; a refusal is the end of the program.
    static func show(_ verdict: ReloadVerdict) throws {
        for complaint in verdict.complaints { Output.line(complaint.inOneLine, to: STDERR_FILENO) }
        if verdict.isStopping {
            if UnitCommand.isOvertakenByStop { return }
            throw ExitCode(ExitStatus.failure)
        }
        guard verdict.isAccepted else {
            throw Failure(
                "not reloaded, the old configuration stays in force",
                exitStatus: ExitStatus.badConfiguration
            )
        }
        Output.line("reloaded: \(verdict.added.counted("job")) added, \(verdict.removed) removed")
    }
}
