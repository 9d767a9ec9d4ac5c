import Foundation
import JSON
import TestSupport
import Testing

/// The daemon and its state: damage, full disks, and what the tool does while no daemon runs.
@Suite(.serialized) struct DaemonStateTests {
    private static func scenario(_ jobs: String) -> String {
        #"{"jobs": [\#(jobs)], "webhooks": [{"name": "ops", "secret": "\#(DaemonHarness.secret)"}]}"#
    }

    private static let finished = #"{"id": "a", "timeline": [{"status": "COMPLETED"}]}"#
    private static let open = #"{"id": "b", "timeline": [{"status": "PROCESSING"}]}"#

    private func deliveries(_ harness: DaemonHarness, _ arguments: [String] = []) async throws -> [JSONValue] {
        let (status, printed) = try await harness.tool(["deliveries", "--json"] + arguments)
        #expect(status == 0, "\(printed)")
        return try JSONValue(decoding: Array(printed.utf8))["deliveries"]?.array ?? []
    }

    @Test func aDamagedStateAtStartIsPutAsideAndListedJobsAreAskedAgain() async throws {
        let harness = try await DaemonHarness(Self.scenario(Self.finished), jobs: ["a"])
        try harness.folder.write("state.sqlite", String(repeating: "no database\n", count: 500))
        let daemon = try harness.daemon()
        try await daemon.waitUntil("the notification") { try await harness.delivered().count == 1 }
        #expect(daemon.printed.contains("critical: state "))
        #expect(daemon.printed.contains("it was moved to "))
        let files = try FileManager.default.contentsOfDirectory(atPath: harness.folder.path)
        #expect(files.contains { $0.hasPrefix("state.sqlite.damaged-") })
    }

    /// The file is damaged under the running daemon: what it remembers goes to a new one, and nothing is told again.
    @Test func damageUnderTheDaemonLosesNothing() async throws {
        let harness = try await DaemonHarness(Self.scenario(Self.finished + "," + Self.open), jobs: ["a", "b"])
        let daemon = try harness.daemon()
        try await daemon.waitUntil("the first notification") { try await harness.delivered().count == 1 }
        // Once its results are on disk nothing is written until something happens.
        try await daemon.waitUntil("the records of it") {
            try await deliveries(harness, ["--state", "delivered"]).count == 2
        }
        let path = harness.folder.path + "/state.sqlite"
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        // With its index: SQLite looks at the files again only when that changed.
        for file in [path, path + "-wal", path + "-shm"] {
            let handle = try #require(FileHandle(forUpdatingAtPath: file))
            try handle.write(
                contentsOf: Data(repeating: 0x55, count: file.hasSuffix("-shm") ? 32_768 : max(size, 300_000))
            )
            try handle.close()
        }
        try harness.simulator.change(#"{"jobs": [{"id": "b", "timeline": [{"status": "FAILED"}]}]}"#)
        try await daemon.waitUntil("the second notification") { try await harness.delivered().count == 2 }
        try await daemon.waitFor("it was moved to ")
        daemon.signal(SIGKILL)
        _ = try await daemon.exitStatus()
        let asked = try await harness.simulator.statistics().requestsPerJob
        let second = try harness.daemon()
        try await second.waitFor("started with")
        try harness.simulator.change(#"{"jobs": [{"id": "c", "timeline": [{"status": "FAILED"}]}]}"#)
        try harness.configure(jobs: ["a", "b", "c"])
        second.signal(SIGHUP)
        // The one that was under way at the kill may come again.
        try await second.waitUntil("a third event") { try await Set(harness.delivered().map(\.id)).count == 3 }
        let statistics = try await harness.simulator.statistics()
        #expect(statistics.requestsPerJob["a"] == asked["a"])
        #expect(statistics.requestsPerJob["b"] == asked["b"])
        #expect(Set(statistics.arrivals.map(\.id)).count == 3)
    }

    /// On a disk of half a megabyte that somebody fills: polling goes on, nothing is sent that is not on disk.
    @Test func onAFullDiskPollingGoesOnAndNothingIsAcknowledged() async throws {
        guard let disk = try await SmallDisk() else { return }
        let harness = try await DaemonHarness(Self.scenario(Self.open), jobs: ["b"])
        try harness.configure(jobs: ["b"], more: disk.state)
        let daemon = try harness.daemon()
        try await daemon.waitUntil("polls") { try await harness.simulator.statistics().requests > 2 }
        disk.fill()
        try harness.simulator.change(#"{"jobs": [{"id": "b", "timeline": [{"status": "COMPLETED"}]}]}"#)
        try await daemon.waitFor("no space left on the disk")
        let requests = try await harness.simulator.statistics().requests
        try harness.configure(jobs: ["b", "late"], more: disk.state)
        daemon.signal(SIGHUP)
        try await daemon.waitUntil("polls of a job that was added", seconds: 60) {
            try await harness.simulator.statistics().requests > requests + 2
        }
        #expect(try await harness.delivered().isEmpty)
        #expect(!daemon.printed.contains("job b completed"))
        #expect(daemon.printed.components(separatedBy: "no space left on the disk").count == 2)
        try disk.free()
        try await daemon.waitFor("the state can be written again", seconds: 90)
        try await daemon.waitUntil("the notification", seconds: 60) { try await harness.delivered().count == 1 }
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        #expect(daemon.printed.contains("job b completed"))
    }

    @Test func deliveriesAndReplaysWorkWithAndWithoutADaemon() async throws {
        let harness = try await DaemonHarness(Self.scenario(Self.finished), jobs: ["a"])
        let first = try harness.daemon()
        try await first.waitUntil("the notification") { try await harness.delivered().count == 1 }
        try await first.waitUntil("its record") {
            try await deliveries(harness, ["--state", "delivered", "--webhook", "ops"]).count == 1
        }
        let event = try #require(try await harness.delivered().first?.id)
        let online = try await harness.tool(["replay", event])
        #expect(online.status == 0 && online.printed == "1 notification to be sent again\n")
        try await first.waitUntil("it again") { try await harness.delivered().count == 2 }
        try await first.waitUntil("the record of two tries") {
            try await deliveries(harness, ["--webhook", "ops"]).first?["attempts"]?.integer == 2
        }
        first.signal(SIGTERM)
        #expect(try await first.exitStatus() == 0)

        let stopped = try await harness.tool(["status", "--json"])
        #expect(stopped.status == 1)
        #expect(try JSONValue(decoding: Array(stopped.printed.utf8))["daemon"]?.string == "stopped")
        let offline = try await harness.tool(["replay", "--webhook", "ops"])
        #expect(offline.printed == "1 notification to be sent at the daemon's next start\n")
        #expect(try await deliveries(harness, ["--state", "pending"]).count == 1)
        #expect(try await harness.delivered().count == 2)
        let second = try harness.daemon()
        try await second.waitUntil("it once more") { try await harness.delivered().count == 3 }
        #expect(Set(try await harness.delivered().map(\.id)) == [event])
        second.signal(SIGKILL)
        _ = try await second.exitStatus()
        let crashed = try await harness.tool(["status"])
        #expect(crashed.status == 1 && crashed.printed.contains("crashed: 0 of 1 job had not ended"))
    }

    @Test func twoStatesInOneFolderAreTwoDaemons() async throws {
        let harness = try await DaemonHarness(Self.scenario(Self.open), jobs: ["b"])
        let first = try harness.daemon()
        try await first.waitFor("started with")
        let text = try String(contentsOfFile: harness.configuration, encoding: .utf8)
        let other = try harness.folder.write("other.toml", text + "\n[state]\npath = \"other.sqlite\"\n")
        let second = try TestProcess("importwatchd", ["--config", other], environment: Simulator.environment)
        try await second.waitFor("started with")
        let asked = try TestProcess("importwatchctl", ["status", "--json", "--config", other])
        #expect(try await asked.exitStatus() == 0)
        #expect(try JSONValue(decoding: Array(asked.printed.utf8))["pid"]?.integer == Int64(second.pid))
    }

    @Test func aFinishedJobThatMovesToAnotherSourceIsNotAskedAgain() async throws {
        let harness = try await DaemonHarness(Self.scenario(Self.finished + "," + Self.open), jobs: ["a"])
        let daemon = try harness.daemon()
        try await daemon.waitUntil("a's notification") { try await harness.delivered().count == 1 }
        let asked = try await harness.simulator.statistics().requestsPerJob["a"]
        for more in ["[[source]]\nname = \"other\"\njobs = [\"a\"]", "[[source]]\nname = \"third\"\njobs = [\"a\"]"] {
            try harness.configure(jobs: ["b"], more: more)
            let reload = try await harness.tool(["reload"])
            #expect(reload.status == 0, "\(reload.printed)")
        }
        try harness.configure(jobs: ["b", "a"])
        #expect(try await harness.tool(["reload"]).printed.contains("reloaded: 0 jobs added, 0 removed"))
        try await Task.sleep(for: .seconds(1))
        #expect(try await harness.simulator.statistics().requestsPerJob["a"] == asked)
        #expect(try await harness.delivered().count == 1)
        try await daemon.stopsInTime()
    }
}
