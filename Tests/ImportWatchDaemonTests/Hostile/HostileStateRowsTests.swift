import Foundation
import JSON
import TestSupport
import Testing

extension Hostile {
    /// The daemon and its tool on a state that somebody changed, or takes away.
    @Suite(.serialized) struct HostileStateRowsTests {
        private func world() async throws -> DaemonHarness {
            try await DaemonHarness(
                #"{"jobs": [{"id": "a", "timeline": [{"status": "COMPLETED"}]}], "webhooks": [{"name": "ops", "secret": "\#(DaemonHarness.secret)"}]}"#,
                jobs: ["a"]
            )
        }

        private func told(_ harness: DaemonHarness) async throws -> TestProcess {
            let daemon = try harness.daemon()
            try await daemon.waitUntil("the notification") { try await !harness.delivered().isEmpty }
            try await daemon.waitUntil("its record") {
                try await harness.tool(["deliveries", "--json", "--state", "delivered"]).printed
                    .components(separatedBy: "evt_").count == 3
            }
            return daemon
        }

        private func change(_ harness: DaemonHarness, _ sql: String) async throws {
            let script = "import sqlite3,sys\nc=sqlite3.connect(sys.argv[1])\nc.executescript(sys.argv[2])\nc.commit()"
            let python = try TestProcess(
                "/usr/bin/env",
                ["python3", "-c", script, harness.folder.path + "/state.sqlite", sql]
            )
            #expect(try await python.exitStatus() == 0, "\(python.printed)")
        }

        @Test func numbersAtTheirEndsStopNeitherTheDaemonNorTheTool() async throws {
            let harness = try await world()
            let first = try await told(harness)
            first.signal(SIGTERM)
            _ = try await first.exitStatus()
            for number in ["9223372036854775807", "-9223372036854775808"] {
                try await change(
                    harness,
                    "UPDATE delivery SET attempts = \(number), state = 'pending', next_attempt_at = \(number), "
                        + "http_status = \(number), replayed_at = \(number), attempts_before_replay = -\(number == "0" ? "0" : "5")"
                )
                for command in [["status"], ["deliveries"], ["replay", "--pending"]] {
                    #expect(try await harness.tool(command).status < 2)
                }
                let count = try await harness.delivered().count
                let daemon = try harness.daemon()
                try await daemon.waitUntil("it again") { try await harness.delivered().count > count }
                daemon.signal(SIGTERM)
                #expect(try await daemon.exitStatus() == 0)
            }
        }

        @Test func aNotificationWhoseEventIsGoneIsToldAndShown() async throws {
            let harness = try await world()
            let first = try await told(harness)
            first.signal(SIGTERM)
            _ = try await first.exitStatus()
            try await change(harness, "UPDATE delivery SET state = 'pending', ended_at = NULL; DELETE FROM event")
            let offline = try await harness.tool(["deliveries"])
            #expect(offline.printed.contains("its event is missing"), "\(offline.printed)")
            let daemon = try harness.daemon()
            try await daemon.waitFor("its event is missing")
            let online = try await harness.tool(["deliveries"])
            #expect(online.printed.contains("its event is missing"), "\(online.printed)")
            daemon.signal(SIGTERM)
            #expect(try await daemon.exitStatus() == 0)
        }

        @Test func aStateDeletedUnderTheDaemonIsSaidAndWrittenAnew() async throws {
            let harness = try await world()
            let daemon = try await told(harness)
            for suffix in ["", "-wal", "-shm", ".lock"] { unlink(harness.folder.path + "/state.sqlite" + suffix) }
            try harness.simulator.change(#"{"jobs": [{"id": "b", "timeline": [{"status": "FAILED"}]}]}"#)
            try harness.configure(jobs: ["a", "b"])
            daemon.signal(SIGHUP)
            try await daemon.waitFor("deleted while the daemon runs")
            try await daemon.waitUntil("the second") { try await Set(harness.delivered().map(\.id)).count == 2 }
            daemon.signal(SIGTERM)
            #expect(try await daemon.exitStatus() == 0)
            let status = try await harness.tool(["status"])
            #expect(status.printed.contains("0 of 2 jobs had not ended"), "\(status.printed)")
            #expect(truncate(harness.folder.path + "/state.sqlite", 0) == 0)
            let second = try harness.daemon()
            try await second.waitFor("is empty, though there was one before")
        }
    }
}
