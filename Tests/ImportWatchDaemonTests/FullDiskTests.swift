import Foundation
import TestSupport
import Testing

/// What happens while nothing can be written is written, told and forgotten in no case.
@Suite(.serialized) struct FullDiskTests {
    private static let scenario = """
        {"jobs": [{"id": "b", "timeline": [{"status": "PROCESSING"}]},
                  {"id": "other", "timeline": [{"status": "PROCESSING"}]}],
         "webhooks": [{"name": "ops", "secret": "\(DaemonHarness.secret)"}]}
        """

    /// A daemon whose disk is full at the moment when job b ends.
    private func endOnAFullDisk() async throws -> (disk: SmallDisk, harness: DaemonHarness, daemon: TestProcess)? {
        guard let disk = try await SmallDisk() else { return nil }
        let harness = try await DaemonHarness(Self.scenario, jobs: [])
        try harness.configure(jobs: ["b", "other"], more: disk.state)
        let daemon = try harness.daemon()
        try await daemon.waitUntil("polls") { try await harness.simulator.statistics().requestsPerJob["b"] ?? 0 > 2 }
        disk.fill()
        try harness.simulator.change(#"{"jobs": [{"id": "b", "timeline": [{"status": "COMPLETED"}]}]}"#)
        try await daemon.waitFor("no space left on the disk")
        return (disk, harness, daemon)
    }

    @Test(arguments: ["removed and listed again", "its source renamed"])
    func anEventThatIsToldTwiceWhileTheDiskIsFullReachesEverybodyOnce(change: String) async throws {
        guard let (disk, harness, daemon) = try await endOnAFullDisk() else { return }
        let asked = try await harness.simulator.statistics().requestsPerJob["b"] ?? 0
        if change.hasPrefix("removed") {
            try harness.configure(jobs: ["other"], more: disk.state)
            #expect(try await harness.tool(["reload"]).status == 0)
            try harness.configure(jobs: ["b", "other"], more: disk.state)
        } else {
            try harness.configure(
                jobs: [],
                more: "\(disk.state)\n[[source]]\nname = \"new\"\njobs = [\"b\", \"other\"]"
            )
        }
        #expect(try await harness.tool(["reload"]).status == 0)
        try await daemon.waitUntil("it to be asked again", seconds: 60) {
            try await harness.simulator.statistics().requestsPerJob["b"] ?? 0 > asked
        }
        try disk.free()
        try await daemon.waitFor("the state can be written again", seconds: 90)
        try await daemon.waitUntil("the notification", seconds: 60) { try await harness.delivered().count == 1 }
        try await daemon.waitFor("job b completed")
        try await daemon.stopsInTime()
        #expect(try await harness.delivered().count == 1)
        #expect(daemon.printed.components(separatedBy: "job b completed").count == 2)
    }

    /// The wait between attempts is no reason to leave the last one out.
    @Test func aStopWritesWhatWaitedForADiskThatIsFreeAgain() async throws {
        guard let (disk, harness, daemon) = try await endOnAFullDisk() else { return }
        // Some attempts fail, so that the next one is some seconds away.
        try await Task.sleep(for: .seconds(4))
        try disk.free()
        try await daemon.stopsInTime()
        let asked = try await harness.simulator.statistics().requestsPerJob["b"] ?? 0
        let second = try harness.daemon()
        try await second.waitUntil("the notification", seconds: 60) { try await harness.delivered().count == 1 }
        #expect(try await harness.simulator.statistics().requestsPerJob["b"] == asked)
    }
}
