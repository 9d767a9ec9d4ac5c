import Foundation
import TestSupport
import Testing

@testable import WatchConfiguration

/// The annotated file that is installed as /etc/importwatchd/importwatchd.toml.
@Suite struct SampleFileTests {
    private let sample: String

    init() throws {
        sample = try String(contentsOfFile: "\(Fixtures.package)/config/importwatchd.toml", encoding: .utf8)
    }

    /// The sample with every commented key and table in force.
    private var uncommented: String {
        sample.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.starts(with: #/\#([a-z_]+ = |\[)/#) ? String($0.dropFirst()) : String($0) }
            .joined(separator: "\n")
    }

    @Test func loadsAsShippedAndWarnsThatThereIsNoJob() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("importwatchd.toml", sample)
        let (configuration, warnings) = try ConfigurationLoader(files: LocalFiles(), environment: [:]).load(path: path)
        #expect(
            warnings.map(\.description)
                == ["\(path):1:1: warning: there is no job to watch; add jobs or jobs_files and reload"]
        )
        #expect(configuration.sources.map(\.jobs) == [[]])
        #expect(configuration.webhooks == [])
    }

    @Test func watchesWhatIsPutInJobsD() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("importwatchd.toml", sample)
        try folder.write("jobs.d/november.list", "a\nb\n")
        let (configuration, warnings) = try ConfigurationLoader(files: LocalFiles(), environment: [:]).load(path: path)
        #expect(configuration.sources.map(\.jobs) == [["a", "b"]])
        #expect(warnings == [])
    }

    @Test func everyKeyInItIsAKeyOfTheGrammar() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("importwatchd.toml", uncommented)
        try folder.write("ops-secret", "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n")
        try folder.write("chat-url", "https://chat.example.com/hook\n")
        do throws(ConfigurationError) {
            _ = try ConfigurationLoader(files: LocalFiles(), environment: [:]).load(path: path)
        } catch {
            guard case .invalid(let complaints) = error else { throw error }
            let others = complaints.filter { $0.severity == .error && !$0.message.hasSuffix(" is not supported yet") }
            #expect(others.map(\.description) == [])
        }
    }

    @Test func everyKeyOfTheGrammarIsInIt() throws {
        let keys = uncommented.split(separator: "\n").compactMap { $0.prefixMatch(of: #/([a-z_]+) = /#)?.output.1 }
        let tables = ["source", "webhook", "state", "metrics", "polling"]
        let grammar = Set(KeyHomes.keys.values.joined()).subtracting(tables).union(["name", "timeout"])
        #expect(grammar.subtracting(keys.map(String.init)).sorted() == [])
        for table in tables { #expect(uncommented.contains("[\(table)]"), "\(table)") }
    }

    @Test func commentedKeysShowTheirDefaults() throws {
        let defaults = try MemoryFiles().load("jobs = [\"a\"]\n").configuration
        let keys =
            ["requests_per_second", "min_delay", "max_delay", "strategy", "request_timeout", "connect_timeout"]
            + ["not_found_grace", "deadline", "keep"]
        let shown = uncommented.split(separator: "\n").filter { line in keys.contains { line.hasPrefix("\($0) = ") } }
        let polling = shown.filter { !$0.hasPrefix("keep") }.reduce(into: [Substring]()) { lines, line in
            if !lines.contains(line) { lines.append(line) }
        }
        let state = shown.filter { $0.hasPrefix("keep") }
        #expect(polling.count == 8 && state.count == 1)
        let text = "jobs = [\"a\"]\n[polling]\n\(polling.joined(separator: "\n"))\n[state]\n\(state.joined())\n"
        #expect(try MemoryFiles().load(text).configuration == defaults)
    }
}
