import Foundation
import TestSupport
import Testing

/// Every command with a configuration that is none: one helpful line, and the right exit status.
@Suite struct BadInputTests {
    private static let commands: [[String]] = [
        ["check"], ["status"], ["status", "--json"], ["doctor"], ["deliveries"], ["replay", "--dead"], ["reload"],
        ["jobs", "add", "x"], ["jobs", "remove", "x"], ["test-webhook", "ops"], ["wait", "--webhook", "ops", "x"],
    ]

    private func run(_ arguments: [String], user: Bool = false) async throws -> (status: Int32, lines: [Substring]) {
        let tool = TestProcess.products.appendingPathComponent("importwatchctl").path
        let process =
            user
            ? try TestProcess("/usr/bin/setpriv", ["--reuid", "65534", "--clear-groups", tool] + arguments)
            : try TestProcess(tool, arguments)
        let status = try await process.exitStatus()
        return (status, process.printed.split(separator: "\n"))
    }

    @Test(arguments: commands) func aFileThatIsNoConfigurationIsSaid(command: [String]) async throws {
        let folder = try TemporaryFolder()
        let big = try folder.write("big.toml", String(repeating: "# nothing but comments\n", count: 450_000))
        let binary = folder.path + "/binary.toml"
        try Data((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) }).write(to: URL(fileURLWithPath: binary))
        let types = try folder.write("types.toml", "jobs = 5\n[polling]\nmin_delay = 3\n")
        let cases: [(path: String, words: String, lines: Int)] = [
            (folder.path + "/none.toml", "none.toml: no such file", 1), (folder.path, "is a directory, not a file", 1),
            (big, "longer than", 1), (binary, "binary.toml:1:", 1), (types, "types.toml:1:8:", 2),
        ]
        for (path, words, lines) in cases {
            let (status, printed) = try await run(command + ["--config", path])
            if path == types, ["status", "deliveries", "replay"].contains(command[0]) {
                // What a file says of the state can be used, whatever else in it is wrong.
                #expect(status == 1 && printed.count == 1, "\(command): \(printed)")
                #expect(
                    printed.first?.contains("state.sqlite: there is none; has the daemon ever run") == true,
                    "\(printed)"
                )
                continue
            }
            #expect(status == 6, "\(command) \(path): \(printed)")
            #expect(printed.count == lines, "\(command): \(printed)")
            #expect(printed.first?.contains(words) == true, "\(command): \(printed)")
            #expect(printed.allSatisfy { $0.count < 400 && !$0.contains("\u{1B}") })
        }
    }

    @Test(arguments: commands) func aFileThatMayNotBeReadIsSaid(command: [String]) async throws {
        guard geteuid() == 0 else {
            print("SKIPPED: only root can play another user")
            return
        }
        // Under a folder that everybody may enter, for the user who may not read the file.
        let folder = try TemporaryFolder()
        let path = try folder.write("closed.toml", "jobs = [\"a\"]\n")
        #expect(chmod(folder.path, 0o755) == 0 && chmod(path, 0o600) == 0)
        let (status, printed) = try await run(command + ["--config", path], user: true)
        guard printed.first?.contains("setpriv: failed to execute") != true else {
            print("SKIPPED: the programs lie where another user may not go")
            return
        }
        #expect(status == 4, "\(command): \(printed)")
        #expect(printed.count == 1 && printed.first?.contains("closed.toml: permission denied") == true, "\(printed)")
    }

    @Test func anEmptyConfigurationIsUsable() async throws {
        let folder = try TemporaryFolder()
        let empty = try folder.write("empty.toml", "")
        let (status, printed) = try await run(["check", "--config", empty])
        #expect(status == 0 && printed.contains { $0.contains("there is no job to watch") })
        #expect(try await run(["status", "--config", empty]).status == 1)
        #expect(try await run(["doctor", "--config", empty]).status == 0)
        let add = try await run(["jobs", "add", "x", "--config", empty])
        #expect(add.status == 6 && add.lines.first?.contains("names no list") == true)
    }

    @Test(arguments: [
        ["dance"], ["status", "--dance"], ["status", "extra"], ["replay"], ["deliveries", "--state", "asleep"],
        ["wait"],
    ])
    func wrongUsageIsSaid(arguments: [String]) async throws {
        let (status, printed) = try await run(arguments)
        #expect(status == 2, "\(printed)")
        #expect(
            printed.first?.hasPrefix("Error: ") == true && printed.contains { $0.hasPrefix("Usage: ") },
            "\(printed)"
        )
    }
}
