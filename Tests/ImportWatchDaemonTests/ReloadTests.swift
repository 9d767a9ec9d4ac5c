import Foundation
import TestSupport
import Testing

@testable import ImportWatchDaemon

/// Reloads that are asked for while another is under way.
@Suite(.serialized) struct ReloadTests {
    private static let scenario = #"{"jobs": [{"id": "job-{n}", "count": 40, "timeline": [{"status": "PROCESSING"}]}]}"#

    /// A daemon with so many jobs in lists that a reload takes long enough for others to come in between.
    private func harness() async throws -> (DaemonHarness, TestProcess) {
        let harness = try await DaemonHarness(Self.scenario, jobs: [])
        try harness.folder.write("many.list", (0..<20_000).map { "idle-\($0)\n" }.joined())
        try harness.folder.write(
            "importwatchd.toml",
            """
            region = "eu-west-1"
            endpoint_url = "\(harness.simulator.service)"
            jobs_files = ["*.list"]
            """
        )
        let daemon = try harness.daemon()
        try await daemon.waitFor("started with")
        return (harness, daemon)
    }

    private func isWatched(_ job: String, _ harness: DaemonHarness) async throws -> Bool {
        let shown = try await harness.tool(["status", "--json", "--job", job])
        return shown.printed.contains("\"id\":\"\(job)\"")
    }

    /// Everybody who wrote a list before asking finds its job watched when the answer is there.
    @Test func everyReloadTakesUpWhatWasWrittenBeforeIt() async throws {
        let (harness, daemon) = try await harness()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try harness.folder.write("\(number).list", "job-\(number)\n")
                    let (status, printed) = try await harness.tool(["reload"])
                    #expect(status == 0, "\(printed)")
                    #expect(try await isWatched("job-\(number)", harness))
                }
            }
            try await group.waitForAll()
        }
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }

    @Test func aHangUpDuringAReloadIsNotForgotten() async throws {
        let (harness, daemon) = try await harness()
        for number in 0..<20 {
            daemon.signal(SIGHUP)
            // One of these falls between the reading of the files and the end of the reload.
            try await Task.sleep(for: .milliseconds(5 * number))
            try harness.folder.write("\(number).list", "job-\(number)\n")
            daemon.signal(SIGHUP)
            try await daemon.waitUntil("job-\(number) to be watched", seconds: 15) {
                try await isWatched("job-\(number)", harness)
            }
        }
    }
}
