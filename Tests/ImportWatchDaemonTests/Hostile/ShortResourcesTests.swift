import Foundation
import TestSupport
import Testing

extension Hostile {
    /// With too few descriptors, threads or too little memory the daemon says what to raise, or serves; it never spins.
    @Suite(.serialized) struct ShortResourcesTests {
        private static let jobs = (0..<8).map { "a-\($0)" }
        private static let scenario = """
            {"jobs": [{"id": "a", "count": 8, "timeline": [{"status": "PROCESSING", "seconds": 0.5}, {"status": "COMPLETED"}]}],
             "webhooks": [{"name": "ops", "secret": "\(DaemonHarness.secret)"}]}
            """

        /// The daemon under a limit that `prlimit` sets.
        private func daemon(_ harness: DaemonHarness, _ limit: String, user: UInt32? = nil) throws -> TestProcess {
            let daemon = TestProcess.products.appendingPathComponent("importwatchd").path
            var words = ["/usr/bin/prlimit", limit, daemon, "--config", harness.configuration]
            if let user { words = ["/usr/bin/setpriv", "--reuid=\(user)", "--clear-groups"] + words }
            return try TestProcess(words[0], Array(words.dropFirst()), environment: Simulator.environment)
        }

        /// Checks that a daemon works: notifications arrive, status and a reload are answered, no spin, a prompt stop.
        private func serves(_ daemon: TestProcess, _ harness: DaemonHarness) async throws {
            try await daemon.waitUntil("the notifications") { try await harness.delivered().count >= Self.jobs.count }
            #expect(try await harness.tool(["status"]).status == 0)
            #expect(try await harness.tool(["reload"]).status == 0)
            let before = try daemon.processorSeconds
            try await Task.sleep(for: .seconds(1))
            #expect(try daemon.processorSeconds - before < 0.3)
            try await daemon.stopsInTime()
            #expect(!daemon.printed.contains("critical"))
        }

        @Test func everyLimitOfDescriptorsEitherServesOrSaysWhatToRaise() async throws {
            let harness = try await DaemonHarness(Self.scenario, jobs: Self.jobs)
            for limit in 3...40 {
                let daemon = try daemon(harness, "--nofile=\(limit):\(limit)")
                #expect(try await daemon.exitStatus() != 0, "\(limit)")
                // With fewer the loader finds no library.
                guard limit > 4 else { continue }
                let lines = daemon.printed.split(separator: "\n")
                #expect(lines.count == 1, "\(limit): \(daemon.printed)")
                #expect(lines.first?.contains("Too many open files; raise LimitNOFILE=") == true, "\(limit)")
            }
            for limit in [50, 64] {
                let harness = try await DaemonHarness(Self.scenario, jobs: Self.jobs)
                try await serves(try daemon(harness, "--nofile=\(limit):\(limit)"), harness)
            }
        }

        /// Requests that hang take all descriptors; clients are served from a reserve, and what fails is tried again.
        @Test func whenDescriptorsRunOutItServesAndDoesNotSpin() async throws {
            let ids = (0..<200).map { "a-\($0)" }
            let listed = ids.map { "\"b\($0)\"" }.joined(separator: ", ")
            let harness = try await DaemonHarness(
                #"{"jobs": [{"id": "a", "count": 200}], "faults": [{"kind": "hang", "probability": 1}]}"#,
                jobs: ids,
                more: "[[source]]\nname = \"b\"\njobs = [\(listed)]"
            )
            let daemon = try daemon(harness, "--nofile=100:100")
            try await daemon.waitFor("started")
            try await daemon.waitUntil("all descriptors to be taken") {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/\(daemon.pid)/fd").count >= 98
            }
            let path = harness.folder.path + "/state.sqlite.control"
            let before = try daemon.processorSeconds
            // Silent clients take the reserve, and make room for those that ask.
            let silent = try (0..<8).map { _ in try UnixClient(path) }
            for _ in 0..<3 {
                try await daemon.waitUntil("a report") {
                    let client = try UnixClient(path)
                    client.send(#"{"method":"io.importwatchd.Status"}"# + "\u{0}")
                    // Who hasn't asked yet may have to make room for others, and asks again.
                    return client.answer(seconds: 3).map { $0.count > 1000 } == true
                }
                try await Task.sleep(for: .seconds(1))
            }
            #expect(try daemon.processorSeconds - before < 1)
            withExtendedLifetime(silent) {}
            try await daemon.stopsInTime()
        }

        /// Root is bound by no limit of processes; other users' processes count, so each limit has a user of its own.
        @Test(.enabled(if: geteuid() == 0)) func everyLimitOfThreadsEitherServesOrSaysWhatToRaise() async throws {
            for limit in Array(1...10) + [12] {
                let harness = try await DaemonHarness(Self.scenario, jobs: Self.jobs)
                // Tests beside this one change the process's umask.
                chmod(harness.folder.path, 0o777)
                for name in ["secret", "importwatchd.toml"] { chmod("\(harness.folder.path)/\(name)", 0o644) }
                let daemon = try daemon(harness, "--nproc=\(limit):\(limit)", user: UInt32(400_000 + limit))
                if limit < 10 {
                    #expect(try await daemon.exitStatus() == 1, "\(limit)")
                    #expect(daemon.printed.split(separator: "\n").count == 1, "\(limit): \(daemon.printed)")
                    #expect(daemon.printed.contains("raise LimitNPROC= or TasksMax="), "\(limit)")
                } else {
                    try await serves(daemon, harness)
                }
            }
        }

        @Test func withLittleMemoryItNeverSpins() async throws {
            for megabytes in [100, 160, 240, 320] {
                let harness = try await DaemonHarness(Self.scenario, jobs: Self.jobs)
                let daemon = try daemon(harness, "--as=\(megabytes << 20)")
                try await Task.sleep(for: .seconds(1))
                guard daemon.isRunning else {
                    #expect(try await daemon.exitStatus() != 0)
                    continue
                }
                #expect(try daemon.processorSeconds < 1)
                try await daemon.stopsInTime()
            }
        }
    }
}
