import Foundation
import TestSupport
import Testing

extension Hostile {
    /// Reloads while the credentials' provider is broken or hangs.
    @Suite(.serialized) struct ReloadedCredentialsTests {
        private static let scenario = """
            {"jobs": [{"id": "a", "timeline": [{"status": "PROCESSING"}]}]}
            """

        /// A daemon whose keys a program gives; what the program does is in the file `program`.
        private func world(_ program: String) async throws -> (harness: DaemonHarness, daemon: TestProcess) {
            let harness = try await DaemonHarness(Self.scenario, jobs: ["a"])
            let path = try harness.folder.write("program", program)
            try harness.folder.write("config", "[default]\ncredential_process = sh \(path)\n")
            let daemon = try harness.daemon(environment: [
                "AWS_CONFIG_FILE": harness.folder.path + "/config", "AWS_EC2_METADATA_DISABLED": "true",
            ])
            return (harness, daemon)
        }

        private static func keys(_ prefix: String = "") -> String {
            """
            \(prefix)
            end=$(date -u -d '+10 hours' +%Y-%m-%dT%H:%M:%SZ)
            echo "{\\"Version\\": 1, \\"AccessKeyId\\": \\"AKIDSIMULATOR\\", \\"SecretAccessKey\\": \\"simulator-secret\\",\
             \\"Expiration\\": \\"$end\\"}"
            """
        }

        private func expectPolls(_ world: (harness: DaemonHarness, daemon: TestProcess), _ what: String) async throws {
            let before = try await world.harness.simulator.statistics().requests
            try await world.daemon.waitUntil("polls \(what)", seconds: 10) {
                try await world.harness.simulator.statistics().requests > before + 5
            }
        }

        @Test func aReloadWhileTheProviderIsBrokenKeepsTheGoodKeysInUse() async throws {
            let world = try await world(Self.keys())
            try await expectPolls(world, "after the start")
            try world.harness.folder.write("program", "echo secret-store is down >&2; exit 3\n")
            world.daemon.signal(SIGHUP)
            try await world.daemon.waitFor("credentials were not renewed", seconds: 20)
            #expect(world.daemon.printed.contains("secret-store is down"), "\(world.daemon.printed)")
            try await expectPolls(world, "after the reload")
            #expect(!world.daemon.printed.contains("credentials refused"), "\(world.daemon.printed)")
            try world.harness.folder.write("program", Self.keys())
            world.daemon.signal(SIGHUP)
            try await world.daemon.waitFor("credentials are renewed again after", seconds: 20)
            try await expectPolls(world, "after it was mended")
            world.daemon.signal(SIGTERM)
            #expect(try await world.daemon.exitStatus(seconds: 10) == 0)
        }

        @Test func aReloadEndsAProgramThatHangsAndAsksAnew() async throws {
            let harness = try await DaemonHarness(Self.scenario, jobs: ["a"])
            let pid = harness.folder.path + "/pid"
            let path = try harness.folder.write("program", "echo $$ > \(pid)\nexec sleep 600\n")
            try harness.folder.write("config", "[default]\ncredential_process = sh \(path)\n")
            let daemon = try harness.daemon(environment: [
                "AWS_CONFIG_FILE": harness.folder.path + "/config", "AWS_EC2_METADATA_DISABLED": "true",
            ])
            try await daemon.waitUntil("the program") {
                (try? String(contentsOfFile: pid, encoding: .utf8))?.last == "\n"
            }
            let text = try String(contentsOfFile: pid, encoding: .utf8)
            let number = try #require(Int32(text.dropLast()))
            try harness.folder.write("program", Self.keys())
            daemon.signal(SIGHUP)
            try await expectPolls((harness, daemon), "after the reload")
            try await daemon.waitUntil("the hanging program's end", seconds: 5) { kill(number, 0) != 0 }
            #expect(!daemon.printed.contains("credentials"), "\(daemon.printed)")
            daemon.signal(SIGTERM)
            #expect(try await daemon.exitStatus(seconds: 10) == 0)
        }
    }
}
