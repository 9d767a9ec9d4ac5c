import Foundation
import TestSupport
import Testing

/// The metrics file of a daemon at work, as Prometheus' own tool sees it.
@Suite(.serialized) struct MetricsFileTests {
    private func values(_ path: String) -> [String: Double] {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        return Dictionary(
            text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
                guard let blank = line.lastIndex(of: " ") else { return nil }
                return (String(line[..<blank]), Double(line[line.index(after: blank)...]) ?? .nan)
            }
        ) { first, _ in first }
    }

    private func harness(_ path: String) async throws -> DaemonHarness {
        try await DaemonHarness(
            """
            {"jobs": [{"id": "a", "timeline": [{"status": "COMPLETED"}]},
                      {"id": "b", "timeline": [{"status": "FAILED"}]},
                      {"id": "c", "timeline": [{"status": "PROCESSING"}]}],
             "webhooks": [{"name": "ops", "secret": "\(DaemonHarness.secret)", "fail_first": 1}]}
            """,
            jobs: ["a", "b", "c", "nowhere"],
            more: "[metrics]\ntextfile = \"\(path)\""
        )
    }

    @Test func promtoolTakesItAndTheNumbersAreRight() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/importwatchd.prom"
        let harness = try await harness(path)
        let daemon = try harness.daemon()
        try await daemon.waitUntil("a first file") { FileManager.default.fileExists(atPath: path) }
        try await daemon.waitUntil("both notifications") { try await harness.delivered().count == 2 }
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        let values = values(path)
        // Daemons of one machine share a collector, which refuses two samples of the same name and labels.
        let daemonLabel = "configuration=\"\(harness.configuration)\""
        #expect(values.count > 40)
        for name in values.keys { #expect(name.contains("{\(daemonLabel)"), "\(name)") }
        let source = daemonLabel + #",source="default",region="eu-west-1""#
        let statistics = try await harness.simulator.statistics()
        #expect(values["importwatchd_jobs{\(source),status=\"COMPLETED\"}"] == 1)
        #expect(values["importwatchd_jobs{\(source),status=\"FAILED\"}"] == 1)
        #expect(values["importwatchd_jobs{\(source),status=\"PROCESSING\"}"] == 1)
        #expect(values["importwatchd_jobs{\(source),status=\"unanswered\"}"] == 1)
        #expect(values["importwatchd_polls_total{\(source),result=\"throttled\"}"] == 0)
        let answered = values["importwatchd_polls_total{\(source),result=\"answered\"}"] ?? 0
        let missing = values["importwatchd_polls_total{\(source),result=\"not_found\"}"] ?? 0
        // One poll of each may have been under way at the end.
        let asked = statistics.requestsPerJob
        #expect(
            (0...1).contains(asked["a", default: 0] + asked["b", default: 0] + asked["c", default: 0] - Int(answered))
        )
        #expect((0...1).contains(asked["nowhere", default: 0] - Int(missing)))
        #expect(values["importwatchd_poll_duration_seconds_count{\(source)}"] == answered + missing)
        let webhook = daemonLabel + #",webhook="ops""#
        #expect(values["importwatchd_delivery_attempts_total{\(webhook),reason=\"delivered\"}"] == 2)
        #expect(values["importwatchd_delivery_attempts_total{\(webhook),reason=\"http_5xx\"}"] == 2)
        #expect(values["importwatchd_outbox_deliveries{\(webhook)}"] == 0)
        #expect(values["importwatchd_config_last_reload_successful{\(daemonLabel)}"] == 1)
        #expect(values["importwatchd_oldest_pending_job_timestamp_seconds{\(source)}"].map { $0 > 1e9 } == true)

        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o644)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["importwatchd.prom"])
        let check = try TestProcess("/bin/sh", ["-c", "promtool check metrics < \(path)"])
        #expect(try await check.exitStatus() == 0, "\(check.printed)")
        #expect(check.printed == "")
    }

    @Test func aFileThatCantBeWrittenIsSaidOnceAndTheDaemonGoesOn() async throws {
        let folder = try TemporaryFolder()
        let harness = try await harness(folder.path + "/missing/importwatchd.prom")
        let daemon = try harness.daemon()
        try await daemon.waitFor("metrics can't be written to \(folder.path)/missing/importwatchd.prom: No such file")
        try await daemon.waitUntil("both notifications") { try await harness.delivered().count == 2 }
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        #expect(daemon.printed.components(separatedBy: "metrics can't be written").count == 2)
    }
}
