import ArgumentParser
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
                jobs.d/*.list, it is jobs.d/local.list. Exit: 0 the daemon watches them, or none
                runs, 6 the configuration is bad with them: then nothing has changed.
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
            let change = ListChange(config, statePath: lists.configuration.state.path)
            var added = 0
            try change.edit(file, mayCreate: true) { added = $0.add(jobIDs.filter { !listed.contains($0) }).count }
            // Also where all are listed: perhaps by somebody whose reload is not done yet.
            try change.putInForce(saying: added > 0 ? ["\(file): \(added.counted("job")) added"] : [])
        }
    }

    /// Removes IDs from every list.
    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Removes jobs from the lists.",
            discussion: """
                From all files that jobs_files names. Exit: 0, also where no daemon runs,
                1 a job stands in no list, 6 the configuration is bad without them: then
                nothing has changed.
                """
        )

        @OptionGroup var config: ConfigurationOption
        @Argument(help: ArgumentHelp("The jobs' IDs.", valueName: "JOB_ID")) var jobIDs: [String]

        func run() throws {
            let lists = try ListedFiles(config)
            let change = ListChange(config, statePath: lists.configuration.state.path)
            var missing = Set(jobIDs)
            var done: [String] = []
            for file in lists.files {
                var removed: Set<String> = []
                try change.edit(file, mayCreate: false) { removed = $0.remove(jobIDs) }
                guard !removed.isEmpty else { continue }
                missing.subtract(removed)
                done.append("\(file): \(removed.count.counted("job")) removed")
            }
            if !done.isEmpty { try change.putInForce(saying: done) }
            guard !missing.isEmpty else { return }
            let written = Set(lists.configuration.sources.flatMap(\.jobs))
            for id in missing.sorted() {
                let place =
                    written.contains(id) ? "stands in jobs = […] of \(config.path); edit that" : "stands in no list"
                Output.problem("job \(id.inOneLine) \(place)")
            }
            throw ExitCode(ExitStatus.failure)
        }
    }
}
