import Foundation
import TestSupport
import Testing

/// What the manual pages and rules say is whole, and their own tools take them.
@Suite struct DocumentTests {
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    private func text(_ path: String) throws -> String {
        try String(contentsOfFile: Self.package + "/" + path, encoding: .utf8)
    }

    @Test func everyCommandAndOptionIsInTheManualAndFitsTheTerminal() async throws {
        let page = try text("docs/man/importwatchctl.1")
        let help = try TestProcess("importwatchctl", ["--help"])
        #expect(try await help.exitStatus() == 0)
        let list = help.printed.components(separatedBy: "SUBCOMMANDS:").last ?? ""
        let commands = list.split(separator: "\n").compactMap { line in
            line.hasPrefix("  ") && !line.hasPrefix("   ") ? line.split(separator: " ").first.map(String.init) : nil
        }.filter { $0 != "See" }
        #expect(commands.count >= 9)
        for command in commands {
            #expect(page.contains(".It Cm \(command)"), "\(command) is not in importwatchctl(1)")
            let help = try TestProcess("importwatchctl", [command, "--help"])
            #expect(try await help.exitStatus() == 0)
            for line in help.printed.split(separator: "\n") { #expect(line.count <= 80, "\(command): \(line)") }
            #expect(help.printed.contains("importwatchctl \(command)"))
            for option in help.printed.matches(of: /(?m)^  --([a-z-]+)/) {
                let name = String(option.1)
                if ["config", "json", "help", "version"].contains(name) { continue }
                let words = "-\(name)"
                #expect(page.contains(words), "\(command) --\(name) is not in importwatchctl(1)")
            }
        }
    }

    @Test func mandocFindsNothingWrongWithTheManual() async throws {
        for page in ["importwatchd.8", "importwatchctl.1", "importwatchd.toml.5"] {
            let lint = try TestProcess(
                "/usr/bin/mandoc",
                ["-T", "lint", "-W", "warning", Self.package + "/docs/man/" + page]
            )
            #expect(try await lint.exitStatus() == 0, "\(lint.printed)")
        }
    }

    @Test func promtoolTakesTheAlertRulesAndTheirTests() async throws {
        for arguments in [["check", "rules", "alerts.yml"], ["test", "rules", "alerts.test.yml"]] {
            let command = "cd '\(Self.package)/docs' && exec promtool " + arguments.joined(separator: " ")
            let promtool = try TestProcess("/bin/sh", ["-c", command])
            #expect(try await promtool.exitStatus() == 0, "\(promtool.printed)")
            #expect(promtool.printed.contains("SUCCESS"))
        }
    }

    /// Every metric that the rules ask for is one that the daemon writes.
    @Test func theRulesAskForMetricsThatExist() throws {
        let written = try text("Sources/ImportWatchDaemon/Metrics/MetricsReport.swift")
        let names = Set(try text("docs/alerts.yml").matches(of: /importwatchd_([a-z_]+)/).map { String($0.1) })
        #expect(names.count >= 9)
        for name in names { #expect(written.contains("\"\(name)\""), "\(name)") }
    }
}
