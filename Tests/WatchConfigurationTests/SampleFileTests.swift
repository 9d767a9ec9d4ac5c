import Foundation
import Platform
import TestSupport
import Testing

@testable import WatchConfiguration

/// The annotated file that is installed as /etc/importwatchd/importwatchd.toml.
@Suite struct SampleFileTests {
    private let sample: String

    init() throws {
        sample = try Fixtures.text("config/importwatchd.toml")
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
        let lines = linesBySection
        for row in KeyTable.rows {
            if case .tables = row.kind {
                #expect(uncommented.contains("[[\(row.name)]]\n"), "\(row.name)")
            } else if case .table = row.kind, row.name != "headers" {
                #expect(uncommented.contains("[\(row.name)]\n"), "\(row.name)")
            } else {
                let line = lines[row.section.rawValue]?.first { $0.hasPrefix("\(row.name) = ") }
                #expect(line != nil, "\(row.section) \(row.name) is not in the sample: \(row.meaning)")
                guard let text = row.defaultText else { continue }
                #expect(line.map(String.init) == "\(row.name) = \(text)", "the sample shows another default")
            }
        }
    }

    /// The lines of each table; those above the first table are a source's.
    private var linesBySection: [String: [Substring]] {
        var section = "source"
        var lines: [String: [Substring]] = [:]
        for line in uncommented.split(separator: "\n") {
            if let name = line.prefixMatch(of: #/\[+([a-z.]+)\]+/#)?.output.1 {
                section = name.split(separator: ".").last.map(String.init) ?? ""
            } else {
                lines[section, default: []].append(line)
            }
        }
        return lines
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
