import Foundation
import JSON
import TestSupport
import Testing

/// The daemon is killed, at random and at exact points of its work, and nothing is lost or told under two IDs.
@Suite(.serialized) struct KillTests {
    /// What a run came to.
    private struct Tally {
        var events = 0
        var arrivals = 0
        var taken = 0
        var attempts = 0
    }

    /// The environment of a daemon that dies at a point.
    private static func fatal(_ point: String, _ count: Int) -> [String: String] {
        var environment = Simulator.environment
        environment["LD_PRELOAD"] = TestProcess.products.appendingPathComponent("libFaultPoints.so").path
        environment["FAULT_POINT"] = point
        environment["FAULT_AT"] = String(count)
        return environment
    }

    private func harness(_ jobs: String, count: Int, probability: Double) async throws -> DaemonHarness {
        let harness = try await DaemonHarness(
            """
            {"jobs": [\(jobs)],
             "webhooks": [{"name": "ops", "secret": "\(DaemonHarness.secret)", "probability": \(probability)}]}
            """,
            jobs: []
        )
        let text = try String(contentsOfFile: harness.configuration, encoding: .utf8)
        try harness.folder.write(
            "importwatchd.toml",
            text.replacingOccurrences(of: "jobs = []", with: "jobs_files = [\"all.list\"]")
                .replacingOccurrences(of: "requests_per_second = 50", with: "requests_per_second = 500")
        )
        try harness.folder.write("all.list", (0..<count).map { "job-\($0)\n" }.joined())
        return harness
    }

    private func deliveries(_ harness: DaemonHarness, _ arguments: [String]) async throws -> [JSONValue] {
        let (status, printed) = try await harness.tool(["deliveries", "--json"] + arguments)
        try #require(status == 0, "\(printed)")
        return try JSONValue(decoding: Array(printed.utf8))["deliveries"]?.array ?? []
    }

    /// Lets a daemon bring everything to its end, with the waits between tries cut short.
    private func finish(_ harness: DaemonHarness, count: Int) async throws -> Tally {
        let daemon = try harness.daemon()
        try await daemon.waitFor("started with", seconds: 60)
        try await daemon.waitUntil("every event to be taken", seconds: 180) {
            if try await deliveries(harness, ["--webhook", "ops", "--state", "delivered"]).count == count {
                return true
            }
            let (status, printed) = try await harness.tool(["replay", "--pending"])
            try #require(status == 0, "\(printed)")
            try await Task.sleep(for: .milliseconds(200))
            return false
        }
        let records = try await deliveries(harness, ["--webhook", "ops", "--limit", "10000"])
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        let arrivals = try await harness.simulator.statistics().arrivals
        var tally = Tally(events: records.count, arrivals: arrivals.count)
        #expect(records.count == count)
        let byID = Dictionary(grouping: arrivals, by: \.id)
        for record in records {
            let id = record["event_id"]?.string ?? ""
            let attempts = Int(record["attempts"]?.integer ?? 0)
            let arrived = byID[id] ?? []
            #expect(arrived.contains { $0.answered == 204 }, "event \(id) was lost")
            #expect(arrived.count <= attempts, "event \(id) came \(arrived.count) times in \(attempts) attempts")
            tally.attempts += attempts
            tally.taken += arrived.count { $0.answered == 204 }
        }
        let ids = Dictionary(grouping: arrivals) { "\($0.jobId) \($0.type)" }.mapValues { Set($0.map(\.id)) }
        #expect(ids.count == count)
        #expect(ids.values.allSatisfy { $0.count == 1 }, "an event came under two IDs")
        #expect(arrivals.allSatisfy { $0.signatureValid })
        return tally
    }

    @Test func killedAtRandomNothingIsLost() async throws {
        let kills = ProcessInfo.processInfo.environment["IMPORTWATCH_KILLS"].flatMap { Int($0) } ?? 25
        let groups = 20
        let jobs = (0..<200).map { number in
            // They end one group after the other, for as long as the killing goes on.
            let seconds = Double(number % groups + 1) / Double(groups) * Double(kills) * 0.3
            let end = number.isMultiple(of: 3) ? "FAILED" : "COMPLETED"
            return
                #"{"id": "job-\#(number)", "timeline": [{"status": "PROCESSING", "seconds": \#(seconds)}, {"status": "\#(end)"}]}"#
        }
        let harness = try await harness(jobs.joined(separator: ",\n"), count: 200, probability: 0.33)
        var generator = SeededGenerator(seed: 20_261_124)
        for _ in 0..<kills {
            let daemon = try harness.daemon()
            try await Task.sleep(for: .milliseconds(Int.random(in: 30...500, using: &generator)))
            daemon.signal(SIGKILL)
            try #require(try await daemon.exitStatus() == 128 + SIGKILL, "\(daemon.printed)")
        }
        let tally = try await finish(harness, count: 200)
        print(
            "kills: \(kills) at random; \(tally.events) events, \(tally.attempts) attempts in the state, "
                + "\(tally.arrivals) arrivals of which \(tally.taken) were taken; 0 lost, 0 under two IDs"
        )
    }

    @Test(arguments: ["before-commit", "after-commit", "after-send", "after-success"])
    func killedAtExactPointsNothingIsLost(point: String) async throws {
        for count in point.hasSuffix("commit") ? [2, 5, 9, 14, 20] : [1, 2, 4, 7, 11] {
            let jobs = (0..<12).map { number in
                let timeline =
                    #"[{"status": "PROCESSING", "seconds": \#(Double(number) / 10)}, {"status": "COMPLETED"}]"#
                return #"{"id": "job-\#(number)", "timeline": \#(timeline)}"#
            }
            let harness = try await harness(jobs.joined(separator: ",\n"), count: 12, probability: 0)
            let daemon = try harness.daemon(environment: Self.fatal(point, count))
            try #require(
                try await daemon.exitStatus(seconds: 60) == 128 + SIGKILL,
                "\(point) \(count): \(daemon.printed)"
            )
            let tally = try await finish(harness, count: 12)
            // At most the attempts under way may be repeated, and the webhook has four of them.
            #expect(tally.arrivals <= 12 + 4)
            if point == "after-success" { #expect(tally.arrivals > 12, "\(count)") }
            print("kill \(point) \(count): 12 events, \(tally.attempts) attempts, \(tally.arrivals) arrivals")
        }
    }
}
