import Foundation
import TestSupport
import Testing

extension Hostile {
    /// A `credential_process` gets nothing of the daemon's and ends no later than it.
    @Suite struct CredentialProgramTests {
        private func started(_ program: String) async throws -> (harness: DaemonHarness, daemon: TestProcess) {
            let service = #"{"jobs": [{"id": "a", "timeline": [{"status": "PROCESSING"}]}]}"#
            let harness = try await DaemonHarness(service, jobs: ["a"])
            let path = try harness.folder.write("program", "cd '\(harness.folder.path)'\n\(program)\n")
            try harness.folder.write("config", "[default]\ncredential_process = sh \(path)\n")
            let daemon = try harness.daemon(environment: [
                "AWS_CONFIG_FILE": harness.folder.path + "/config", "AWS_EC2_METADATA_DISABLED": "true",
            ])
            return (harness, daemon)
        }

        private static let keys = #"""
            echo '{"Version": 1, "AccessKeyId": "AKIDSIMULATOR", "SecretAccessKey": "simulator-secret"}'
            """#

        @Test func itInheritsNoDescriptor() async throws {
            let (harness, daemon) = try await started("ls -l /proc/self/fd > seen.new\nmv seen.new seen\n" + Self.keys)
            let file = harness.folder.path + "/seen"
            try await daemon.waitUntil("the list of descriptors") { FileManager.default.fileExists(atPath: file) }
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
            let words = lines.map { $0.split(separator: " ") }
            let open = words.compactMap { line in line.firstIndex(of: "->").flatMap { Int(line[$0 - 1]) } }
            // 3 is the directory that `ls` itself reads.
            #expect(open.sorted() == [0, 1, 2, 3], "\(lines)")
            daemon.signal(SIGTERM)
            #expect(try await daemon.exitStatus() == 0)
        }

        /// However the daemon ends, the program, which obeys no signal, and what it started end with it.
        @Test(arguments: [SIGTERM, SIGKILL]) func itEndsWithTheDaemon(signal: Int32) async throws {
            let (harness, daemon) = try await started(
                "trap '' TERM INT HUP\nsh -c 'trap \"\" TERM; sleep 1000' &\necho $! $$ > pids.new\nmv pids.new pids\nwait"
            )
            let file = harness.folder.path + "/pids"
            try await daemon.waitUntil("the program") { FileManager.default.fileExists(atPath: file) }
            let pids = try String(contentsOfFile: file, encoding: .utf8).split(whereSeparator: \.isWhitespace)
                .compactMap { Int32($0) }
            #expect(pids.count == 2)
            #expect(pids.allSatisfy(Self.lives))
            let begin = ContinuousClock.now
            daemon.signal(signal)
            #expect(try await daemon.exitStatus() == (signal == SIGKILL ? 128 + SIGKILL : 0))
            let took = begin.duration(to: .now)
            print("stopped within \(took)")
            #expect(took < .seconds(8), "the machine may be busy; 1.5 s are what it takes at most on an idle one")
            try await daemon.waitUntil("the end of the program's group", seconds: 20) {
                !pids.contains(where: Self.lives)
            }
        }

        /// What a program leaves behind when it has given its keys ends as well.
        @Test func whatItLeavesBehindEndsToo() async throws {
            let (harness, daemon) = try await started(
                "sleep 1000 >/dev/null &\necho $! > pids.new\nmv pids.new pids\n" + Self.keys
            )
            try await daemon.waitUntil("a poll") { try await harness.simulator.statistics().requests > 0 }
            let text = try String(contentsOfFile: harness.folder.path + "/pids", encoding: .utf8)
            let pid = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
            try await daemon.waitUntil("its end") { !Self.lives(pid) }
            daemon.signal(SIGTERM)
            #expect(try await daemon.exitStatus() == 0)
        }

        private static func lives(_ pid: Int32) -> Bool {
            guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
            return !status.contains(") Z ") && !status.contains(") X ")
        }
    }
}
