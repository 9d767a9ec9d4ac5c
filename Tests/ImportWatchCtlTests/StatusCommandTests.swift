import Foundation
import JSON
import TestSupport
import Testing

/// `importwatchctl status` in all its forms, as a process.
@Suite(.serialized) struct StatusCommandTests {
    private func world() async throws -> (DaemonHarness, TestProcess) {
        let harness = try await DaemonHarness(
            """
            {"jobs": [{"id": "done", "timeline": [{"status": "COMPLETED"}]},
                      {"id": "moving", "records": 100000, "timeline": [{"status": "PROCESSING", "seconds": 600}, {"status": "COMPLETED"}]},
                      {"id": "bad", "message": "line 3 is no address", "timeline": [{"status": "FAILED"}]}],
             "webhooks": [{"name": "ops", "secret": "\(DaemonHarness.secret)"}]}
            """,
            jobs: ["done", "moving", "bad", "nowhere"],
            polling: "not_found_grace = \"200ms\""
        )
        let daemon = try harness.daemon()
        try await daemon.waitUntil("three notifications") { try await harness.delivered().count == 3 }
        return (harness, daemon)
    }

    @Test func theTableAndTheObjectShowTheSame() async throws {
        let (harness, daemon) = try await world()
        defer { withExtendedLifetime(daemon) {} }
        let (status, printed) = try await harness.tool(["status"])
        #expect(status == 0)
        let lines = printed.split(separator: "\n").map(String.init)
        #expect(lines[1].hasPrefix("watching 2 jobs (1 processing), 1 failed, 1 lost, "), "\(lines[1])")
        let jobs = lines.filter { $0.hasPrefix("default  ") }.prefix(4)
        #expect(jobs.map { $0.split(separator: " ")[1] } == ["nowhere", "bad", "moving", "done"])
        #expect(jobs.first?.contains("lost: -") == true && jobs.first?.contains("NotFoundException") == true)
        #expect(lines.contains { $0.contains("FAILED") && $0.contains("line 3 is no address") })

        let object = try await harness.tool(["status", "--json"])
        let report = try JSONValue(decoding: Array(object.printed.utf8))
        #expect(report["daemon"]?.string == "running")
        #expect(report["reload_refused"] != nil)
        let documents =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/docs/json.md"
        let document = try String(contentsOfFile: documents, encoding: .utf8)
        let lists = ["sources", "jobs", "targets"].compactMap { report[$0]?.array?.first }
        #expect(lists.count == 3)
        for member in ([report] + lists).flatMap({ $0.object ?? [] }) {
            #expect(document.contains("`\(member.name)`"), "\(member.name) is not in docs/json.md")
        }
        let ids = report["jobs"]?.array?.compactMap { $0["id"]?.string }
        #expect(ids == ["nowhere", "bad", "moving", "done"])
        #expect(
            report["jobs"]?.array?.first { $0["id"]?.string == "moving" }?["records_per_second"]?.number.map { $0 > 0 }
                == true
        )
        #expect(report["sources"]?.array?.first?["credentials"]?.string?.contains("environment") == true)
        #expect(report["targets"]?.array?.compactMap { $0["name"]?.string } == ["journal", "ops"])
    }

    /// A reload that was refused is shown until one is not, with the time and the first complaint.
    @Test func aRefusedReloadIsShownUntilOneIsAccepted() async throws {
        let (harness, daemon) = try await world()
        let good = try String(contentsOfFile: harness.configuration, encoding: .utf8)
        func report() async throws -> JSONValue {
            try JSONValue(decoding: Array(try await harness.tool(["status", "--json"]).printed.utf8))
        }
        #expect(try await report()["reload_refused"] == .null)
        try harness.folder.write("importwatchd.toml", "regoin = 1\n" + good)
        #expect(try await harness.tool(["reload"]).status == 6)
        let refusal = try await report()["reload_refused"]
        #expect(refusal?["complaint"]?.string?.contains("importwatchd.toml:1:1: ") == true)
        #expect(refusal?["at"]?.string?.hasSuffix("Z") == true)
        let lines = try await harness.tool(["status"]).printed.split(separator: "\n").map(String.init)
        #expect(lines[1].contains(", a reload was refused"), "\(lines[1])")
        #expect(lines[2].hasPrefix("reload refused ") && lines[2].contains("regoin"), "\(lines[2])")
        try harness.folder.write("importwatchd.toml", good)
        #expect(try await harness.tool(["reload"]).status == 0)
        #expect(try await report()["reload_refused"] == .null)
        #expect(try await !harness.tool(["status"]).printed.contains("refused"))
        try await daemon.stopsInTime()
    }

    /// Stopped or not, what ended badly is counted and comes first.
    @Test func whatEndedBadlyIsShownWhereNoDaemonRunsToo() async throws {
        let (harness, daemon) = try await world()
        try await daemon.stopsInTime()
        let (status, printed) = try await harness.tool(["status"])
        #expect(status == 1)
        let lines = printed.split(separator: "\n").map(String.init)
        #expect(lines[1].hasPrefix("stopped: 2 of 4 jobs had not ended, 1 failed, 1 lost, "), "\(lines[1])")
        let jobs = lines.filter { $0.hasPrefix("default  ") }.prefix(4)
        #expect(jobs.map { $0.split(separator: " ")[1] } == ["nowhere", "bad", "moving", "done"])
    }

    @Test func oneJobsStoryIsTold() async throws {
        let (harness, daemon) = try await world()
        defer { withExtendedLifetime(daemon) {} }
        try await daemon.waitUntil("the delivery's record") {
            try await harness.tool(["deliveries", "--state", "delivered", "--job", "bad", "--webhook", "ops"]).printed
                .contains("evt_")
        }
        let (status, printed) = try await harness.tool(["status", "--job", "bad"])
        #expect(status == 0)
        for words in [
            "job bad, source default", "status:      FAILED", "problem:     line 3 is no address",
            "ses.import_job.failed to ops: delivered, 1 attempt", "journalctl SES_JOB_ID=bad",
        ] {
            #expect(printed.contains(words), "\(printed)")
        }
        let unknown = try await harness.tool(["status", "--job", "who"])
        #expect(unknown.status == 1 && unknown.printed.contains("job who is not watched"))
        let object = try await harness.tool(["status", "--job", "bad", "--json"])
        let story = try JSONValue(decoding: Array(object.printed.utf8))
        #expect(story["jobs"]?.array?.count == 1 && story["deliveries"]?.array?.count == 2)
    }

    @Test func watchingRedrawsFitsTheTerminalAndLeavesItClean() async throws {
        let (harness, daemon) = try await world()
        defer { withExtendedLifetime(daemon) {} }
        let terminal = try await PythonClients.run(
            "on-a-terminal.py",
            [
                "80", "\u{2588}", TestProcess.products.appendingPathComponent("importwatchctl").path, "status",
                "--watch", "--config", harness.configuration,
            ]
        )
        #expect(terminal["status"]?.integer == 130)
        let output = try #require(terminal["output"]?.string)
        #expect(output.hasPrefix("\u{1B}[?1049h\u{1B}[?25l"))
        #expect(output.hasSuffix("\u{1B}[?25h\u{1B}[?1049l"))
        #expect(output.contains("moving") && output.contains("/s"))
        for line in output.replacingOccurrences(of: "\u{1B}[H", with: "\n")
            .replacingOccurrences(of: "\u{1B}\\[[0-9;?]*[a-zA-Z]", with: "", options: .regularExpression)
            .split(whereSeparator: \.isNewline)
        {
            #expect(line.count <= 80, "\(line)")
        }
    }

    /// The last status stays, with the reason above it, and the watching goes on.
    @Test func watchingSaysWhenTheDaemonIsStopped() async throws {
        let (harness, daemon) = try await world()
        let terminal = try await PythonClients.run(
            "on-a-terminal.py",
            [
                "--stop", String(daemon.pid), "moving", "200", "no answer in 3 s",
                TestProcess.products.appendingPathComponent("importwatchctl").path, "status", "--watch", "--config",
                harness.configuration,
            ]
        )
        daemon.signal(SIGCONT)
        #expect(terminal["status"]?.integer == 130)
        let output = try #require(terminal["output"]?.string)
        let last = output.components(separatedBy: "\u{1B}[H").last ?? ""
        #expect(last.contains("no answer in 3 s; is importwatchd stopped or hanging?") && last.contains("moving"))
        #expect(output.hasSuffix("\u{1B}[?25h\u{1B}[?1049l"))
        try await daemon.stopsInTime()
    }

    @Test func wrongUsageIsSaid() async throws {
        let (harness, daemon) = try await world()
        defer { withExtendedLifetime(daemon) {} }
        #expect(try await harness.tool(["status", "--watch"]).printed.contains("--watch needs a terminal"))
        #expect(try await harness.tool(["status", "--watch", "--json"]).status == 2)
    }
}
