import Foundation
import TestSupport
import Testing

extension Hostile {
    /// SIGTERM ends the daemon within 1.5 s, whatever holds it up.
    @Suite(.serialized) struct StopTests {
        private static let scenario = #"{"jobs": [{"id": "a", "timeline": [{"status": "PROCESSING"}]}]}"#

        /// The environment of a daemon that hangs for ever at a place.
        private static func hanging(in place: String) -> [String: String] {
            var environment = Simulator.environment
            environment["LD_PRELOAD"] = TestProcess.products.appendingPathComponent("libFaultPoints.so").path
            environment["HANG_IN"] = place
            return environment
        }

        @Test(arguments: ["main-queue", "state", "journal", "metrics", "names"])
        func whateverHangsForEverAStopIsPromptAndGood(place: String) async throws {
            let metrics = "[metrics]\ntextfile = \"\(try TemporaryFolder().path).prom\""
            let harness = try await DaemonHarness(Self.scenario, jobs: ["a"], more: metrics)
            if place == "names" {
                let text = try String(contentsOfFile: harness.configuration, encoding: .utf8)
                let named = text.replacingOccurrences(of: harness.simulator.service, with: "http://silent.invalid")
                try harness.folder.write("importwatchd.toml", named)
            }
            if place == "state" {
                // What makes a new state is on disk already; the first commit is that of the job.
                try harness.configure(jobs: [])
                let first = try harness.daemon()
                try await first.waitFor("started")
                try await first.stopsInTime()
                try harness.configure(jobs: ["a"])
            }
            let daemon = try harness.daemon(environment: Self.hanging(in: place))
            try await daemon.waitFor(place == "journal" ? "hangs in" : "started")
            var client: TestProcess?
            if place == "main-queue" {
                // Asking who a client is hangs.
                client = try TestProcess("importwatchctl", ["status", "--config", harness.configuration])
            }
            try await daemon.waitFor("hangs in \(place)")
            let took = try await daemon.stopsInTime()
            print("a stop with \(place) hanging took \(Int(took * 1000)) ms")
            client?.signal(SIGKILL)
        }

        @Test func aStopInTheMidstOfAStartWithAMillionJobsIsPrompt() async throws {
            let harness = try await DaemonHarness(Self.scenario, jobs: [])
            let text = try String(contentsOfFile: harness.configuration, encoding: .utf8)
            let listed = text.replacingOccurrences(of: "jobs = []", with: "jobs_files = [\"all.list\"]")
            try harness.folder.write("importwatchd.toml", listed)
            try harness.folder.write("all.list", (0..<1_000_000).map { "job-\($0)\n" }.joined())
            var generator = SeededGenerator(seed: 20_261_125)
            for _ in 0..<4 {
                let daemon = try harness.daemon()
                let wait = Int.random(in: 300...6000, using: &generator)
                try await Task.sleep(for: .milliseconds(wait))
                let took = try await daemon.stopsInTime()
                print("a stop \(wait) ms after a start with 1,000,000 jobs took \(Int(took * 1000)) ms")
            }
        }

        /// Before the daemon hears signals, SIGTERM ends it as it ends any program.
        @Test func aStopAtAnyMomentOfAStartIsHeard() async throws {
            let harness = try await DaemonHarness(Self.scenario, jobs: ["a"])
            var generator = SeededGenerator(seed: 7)
            for _ in 0..<60 {
                let daemon = try harness.daemon()
                try await Task.sleep(for: .microseconds(Int.random(in: 0...80_000, using: &generator)))
                try await daemon.stopsInTime([0, 128 + SIGTERM])
            }
        }
    }
}
