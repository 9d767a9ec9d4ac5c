import Foundation
import TestSupport
import Testing

/// The texts that both programs print of themselves, and what they say of a wrong usage.
@Suite struct HelpGoldenTests {
    private static let commands = [
        [], ["check"], ["doctor"], ["status"], ["deliveries"], ["replay"], ["reload"], ["jobs"], ["jobs", "add"],
        ["jobs", "remove"], ["wait"], ["test-webhook"],
    ]

    private static let wrong = [
        ["unknown"], ["status", "--watch"], ["status", "--watch", "--json"], ["status", "--nothing"], ["wait"],
        ["wait", ""], ["wait", "--rate", "0", "a"], ["wait", "--min-delay", "1ms", "a"],
        ["wait", "--timeout", "soon", "a"],
        ["replay"], ["replay", "--dead", "--pending"], ["replay", "--since", "yesterday"],
        ["deliveries", "--limit", "0"],
        ["deliveries", "--state", "nothing"], ["doctor", "--probe", ""], ["jobs", "add"], ["jobs", "add", "a#b"],
        ["test-webhook"],
    ]

    @Test func ofTheTool() async throws {
        guard let world = try await GoldenWorld("{}") else { return }
        for command in Self.commands { try await world.show(command + ["--help"], hasConfiguration: false) }
        try await world.show(["--version"], hasConfiguration: false)
        try world.check("help-importwatchctl")
        for command in Self.wrong { try await world.show(command, hasConfiguration: false) }
        try world.check("usage-importwatchctl")
    }

    @Test func ofTheDaemon() async throws {
        guard let world = try await GoldenWorld("{}") else { return }
        let path = TestProcess.products.appendingPathComponent("importwatchd").path
        for arguments in [["--help"], ["--version"], ["--config"], ["--config="], ["--nothing"], ["nothing"]] {
            let title = (["importwatchd"] + arguments).joined(separator: " ")
            try await world.show(program: [path] + arguments, as: title)
        }
        try world.check("help-importwatchd")
    }
}
