import ArgumentParser
import Control
import Glibc
import ImportWatch
import WatchConfiguration

/// Edits a jobs list and has the daemon take it up.
struct JobsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs",
        abstract: "Adds jobs to a list, or removes them, and reloads the daemon.",
        discussion: """
            Examples:
              importwatchctl jobs add 6f0c4f8e-0d3b-4f9a-9a55-0c1d2e3f4a5b
              importwatchctl jobs remove JOB_ID JOB_ID
              importwatchctl jobs add --list /etc/importwatchd/jobs.d/news.list JOB_ID
            """,
        subcommands: [Add.self, Remove.self]
    )

    /// Adds IDs to one list.
    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Adds jobs to a list.",
            discussion: """
                The list is the first that jobs_files names; where that is a pattern such as
                jobs.d/*.list, it is jobs.d/local.list. Exit: 0, also where no daemon runs,
                6 the daemon refuses the new configuration.
                """
        )

        @OptionGroup var config: ConfigurationOption
        @Option(help: ArgumentHelp("Another list that jobs_files names.", valueName: "FILE"), completion: .file())
        var list: String?
        @Argument(help: ArgumentHelp("The jobs' IDs.", valueName: "JOB_ID")) var jobIDs: [String]

        func validate() throws {
            for id in jobIDs {
                if let problem = JobID.problem(with: id) { throw ValidationError("\(problem)") }
                if id.contains("#") { throw ValidationError("job IDs in a list can't hold #") }
            }
        }

        func run() throws {
            let lists = try ListedFiles(config)
            let file = try lists.file(for: list)
            let listed = Set(lists.configuration.sources.flatMap(\.jobs))
            for id in jobIDs where listed.contains(id) { Output.line("job \(id.inOneLine) is listed already") }
            var added: [String] = []
            try ListedFiles.edit(file, mayCreate: true) { added = $0.add(jobIDs.filter { !listed.contains($0) }) }
            guard !added.isEmpty else { return }
            Output.line("\(file): \(added.count.counted("job")) added")
            try config.reloadIfRunning()
        }
    }

    /// Removes IDs from every list.
    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes jobs from the lists.",
            discussion: """
                From all files that jobs_files names. Exit: 0, also where no daemon runs,
                1 a job stands in no list, 6 the daemon refuses the new configuration.
                """
        )

        @OptionGroup var config: ConfigurationOption
        @Argument(help: ArgumentHelp("The jobs' IDs.", valueName: "JOB_ID")) var jobIDs: [String]

        func run() throws {
            let lists = try ListedFiles(config)
            var missing = Set(jobIDs)
            for file in lists.files {
                var removed: Set<String> = []
                try ListedFiles.edit(file, mayCreate: false) { removed = $0.remove(jobIDs) }
                guard !removed.isEmpty else { continue }
                missing.subtract(removed)
                Output.line("\(file): \(removed.count.counted("job")) removed")
            }
            if missing.count < Set(jobIDs).count { try config.reloadIfRunning() }
            guard !missing.isEmpty else { return }
            let written = Set(lists.configuration.sources.flatMap(\.jobs))
            for id in missing.sorted() {
                let place =
                    written.contains(id) ? "stands in jobs = […] of \(config.path); edit that" : "stands in no list"
                Output.line("importwatchctl: job \(id.inOneLine) \(place)", to: STDERR_FILENO)
            }
            throw ExitCode(ExitStatus.failure)
        }
    }
}

extension ConfigurationOption {
    /// Has a running daemon read the configuration anew; where none runs, that is no error.
    func reloadIfRunning() throws {
        let path = try loadOrExit().state.path
        let sockets = ControlPath.candidates(
            configurationPath: self.path,
            statePath: path,
            environment: variables
        )
        for socket in sockets {
            let verdict: ReloadVerdict
            do throws(ControlError) {
                verdict = try ControlClient(path: socket).reload()
            } catch {
                if case .nobodyListens = error { continue }
                Output.line("importwatchctl: \(error)", to: STDERR_FILENO)
                throw ExitCode(ExitStatus.failure)
            }
            return try ReloadCommand.show(verdict)
        }
        Output.line("no daemon runs; it takes them up at its start")
    }
}
