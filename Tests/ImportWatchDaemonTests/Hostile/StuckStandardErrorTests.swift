import Foundation
import TestSupport
import Testing

extension Hostile {
    /// A reader of stderr that has stopped reading, with room for a part of a line: events are told and the daemon answers.
    @Suite struct StuckStandardErrorTests {
        @Test(arguments: [1, 2]) func theDaemonGoesOnWhateverRoomThereIs(pages: Int) async throws {
            let jobs = (0..<4).map { "a-\($0)" }
            let text = String(repeating: "why it failed; ", count: 460)
            let harness = try await DaemonHarness(
                """
                {"jobs": [{"id": "a-{n}", "count": 4, "timeline": [{"status": "FAILED"}], "message": "\(text)"}]}
                """,
                jobs: jobs
            )
            let path = harness.folder.path + "/stderr"
            try #require(mkfifo(path, 0o600) == 0)
            let reader = open(path, O_RDWR | O_NONBLOCK)
            defer { close(reader) }
            var page = [UInt8](repeating: UInt8(ascii: "\n"), count: 4096)
            while write(reader, page, page.count) == page.count {}
            for _ in 0..<pages { #expect(read(reader, &page, page.count) == page.count) }

            let program = TestProcess.products.appendingPathComponent("importwatchd").path
            let daemon = try TestProcess(
                "/bin/sh",
                ["-c", "exec \"$0\" \"$@\" 2>'\(path)'", program, "--config", harness.configuration],
                environment: Simulator.environment
            )
            try await daemon.waitUntil("every event to be told to the webhook") {
                try await harness.delivered().count == jobs.count
            }
            let begun = Date()
            let status = try await harness.tool(["status", "--json"])
            #expect(status.status == 0 && Date().timeIntervalSince(begun) < 20)

            // The reader reads again: what is written goes on, and each line begins as one.
            var shown = ""
            try await daemon.waitUntil("the journal's entries to go on", seconds: 60) {
                var count = read(reader, &page, page.count)
                while count > 0 {
                    shown += String(decoding: page.prefix(count), as: UTF8.self)
                    count = read(reader, &page, page.count)
                }
                daemon.signal(SIGUSR1)
                return shown.contains("dropped, stderr had no room\n") && shown.contains("watching 4 jobs, ")
            }
            for line in shown.split(separator: "\n") {
                #expect(line.contains("Z ") || line == "…", "\(line.prefix(80))")
                #expect(line.ranges(of: "job a-").count <= 1, "\(line.prefix(80))")
            }
            try await daemon.stopsInTime()
        }
    }
}
