import Glibc
import ImportWatch
import Platform
import WatchConfiguration

/// The jobs lists of a configuration.
struct ListedFiles {
    let configuration: Configuration
    /// Every file that exists.
    let files: [String]
    private let entries: [String]

    init(_ config: ConfigurationOption) throws {
        configuration = try config.load().configuration
        entries = configuration.sources.flatMap(\.jobsFiles)
        var seen: Set<String> = []
        files = entries.flatMap { entry in
            LocalFiles().isPattern(entry) ? LocalFiles().paths(matching: entry) : [entry]
        }.filter { seen.insert($0).inserted }
        guard !entries.isEmpty else {
            throw Failure(
                "\(config.path) names no list; write jobs_files = [\"jobs.d/*.list\"] into it",
                exitStatus: ExitStatus.badConfiguration
            )
        }
    }

    /// The file to add to: the one that is wanted, or the first entry's.
    func file(for wanted: String?) throws -> String {
        if let wanted {
            let path = wanted.hasPrefix("/") ? wanted : Self.absolute(wanted)
            let isListed =
                files.contains { Self.absolute($0) == path }
                || entries.contains { fnmatch($0, path, FNM_PATHNAME) == 0 }
            if isListed { return path }
            throw Failure("no entry of jobs_files stands for \(path)", exitStatus: ExitStatus.usage)
        }
        let first = entries[0]
        guard LocalFiles().isPattern(first) else { return first }
        let file = first.replacing("*", with: "local", maxReplacements: 1).replacing("\\", with: "")
        if fnmatch(first, file, FNM_PATHNAME | FNM_PERIOD) == 0 { return file }
        throw Failure("say with --list FILE which list of \(first) to add to", exitStatus: ExitStatus.usage)
    }

    private static func absolute(_ path: String) -> String {
        FilePaths.resolved(path) ?? path
    }
}
