import ArgumentParser
import Control
import Glibc
import ImportWatch
import WatchConfiguration

/// A change of the lists and its way into force: what the daemon refuses is taken back.
final class ListChange {
    private let config: ConfigurationOption
    private let statePath: String
    private var edits: [ListEdit] = []

    init(_ config: ConfigurationOption, statePath: String) {
        self.config = config
        self.statePath = statePath
    }

    /// Changes one list; where that can't be, or would make the configuration bad, takes back what was changed before and
    /// ends the program.
    func edit(_ path: String, mayCreate: Bool, _ change: (inout JobListText) -> Void) throws {
        do {
            let edit = try ListEdit.make(path, mayCreate: mayCreate, change) { bytes throws(ConfigurationError) in
                try config.check(with: ChangedFile(path, bytes))
            }
            if let edit { edits.append(edit) }
        } catch let error as ConfigurationError {
            for line in error.lines { say(line.inOneLine) }
            if takeBack() { say("importwatchctl: nothing has changed: the configuration would be bad") }
            throw ExitCode(error.exitStatus)
        } catch {
            say("importwatchctl: \(error)")
            takeBack()
            throw ExitCode(ExitStatus.failure)
        }
    }

    /// Has a running daemon take the change up.
    ///
    /// - Parameter lines: What is said of the change once it is certain.
    func putInForce(saying lines: [String]) throws {
        let sockets = ControlPath.candidates(
            configurationPath: config.path,
            statePath: statePath,
            environment: config.variables
        )
        for socket in sockets {
            let verdict: ReloadVerdict
            do throws(ControlError) {
                verdict = try config.client(socket).reload()
            } catch {
                switch error {
                case .nobodyListens: continue
                case .timeout, .noAnswer, .badAnswer: try leave(error, lines)
                default: try refused(by: ["importwatchctl: \(error)"], exitStatus: ExitStatus.failure)
                }
                return
            }
            if verdict.isStopping { break }
            if !verdict.isAccepted { try refused(by: verdict.complaints, exitStatus: ExitStatus.badConfiguration) }
            for line in lines { Output.line(line) }
            return try ReloadCommand.show(verdict)
        }
        for line in lines { Output.line(line) }
        Output.line("no daemon runs; it reads the lists at its start")
    }

    /// The daemon may have taken the change up or not.
    private func leave(_ error: ControlError, _ lines: [String]) throws {
        for line in lines { Output.line(line) }
        say("importwatchctl: \(error)")
        say("importwatchctl: the lists are changed; importwatchctl reload shows whether that is in force")
        throw ExitCode(ExitStatus.failure)
    }

    private func refused(by complaints: [String], exitStatus: Int32) throws {
        for complaint in complaints { say(complaint.inOneLine) }
        let hadChanged = !edits.isEmpty
        let isAsBefore = takeBack()
        say(
            "importwatchctl: not reloaded" + (hadChanged && isAsBefore ? "; the change of the lists is taken back" : "")
        )
        throw ExitCode(exitStatus)
    }

    /// Whether all could be taken back.
    @discardableResult private func takeBack() -> Bool {
        var isDone = true
        for edit in edits.reversed() {
            do {
                try edit.takeBack()
            } catch {
                say("importwatchctl: can't take the change back: \(error)")
                isDone = false
            }
        }
        edits = []
        return isDone
    }

    private func say(_ line: String) {
        Output.line(line, to: STDERR_FILENO)
    }
}

extension ConfigurationOption {
    /// Throws what is wrong with the configuration as these files have it.
    fileprivate func check(with files: any FileReader) throws(ConfigurationError) {
        _ = try ConfigurationLoader(files: files, environment: variables).load(path: path)
    }
}
