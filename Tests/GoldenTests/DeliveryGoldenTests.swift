import Foundation
import TestSupport
import Testing

/// Webhooks and a journal that take nothing, and what becomes of the notifications for them.
@Suite struct DeliveryGoldenTests {
    private static func scenario(_ webhooks: String) -> String {
        #"{"jobs": [{"id": "job-a", "timeline": [{"status": "COMPLETED"}], "records": 3}], "webhooks": [\#(webhooks)]}"#
    }

    private static func configuration(_ job: String, _ webhooks: [(name: String, more: String)]) -> String {
        let tables = webhooks.map { webhook in
            """
            [[webhook]]
            name = "\(webhook.name)"
            url = "http://HOOKS/hook/\(webhook.name)"
            secret_file = "secret"
            \(webhook.more)
            """
        }
        return """
            region = "eu-west-1"
            endpoint_url = "http://SES"
            jobs = ["\(job)"]
            [polling]
            requests_per_second = 50
            min_delay = "100ms"
            max_delay = "400ms"
            \(tables.joined(separator: "\n"))
            """
    }

    @Test func everyReceiver() async throws {
        let webhooks = """
            {"name": "flaky", "fail_first": 1, "status": 302}, {"name": "dead", "probability": 1, "status": 404},
            {"name": "gone", "probability": 1, "status": 410}, {"name": "lasting", "probability": 1, "status": 503},
            {"name": "silent", "probability": 1, "failure": "hang"}
            """
        guard let world = try await GoldenWorld(Self.scenario(webhooks)) else { return }
        try world.configure(
            Self.configuration(
                "job-a",
                [
                    ("flaky", ""), ("dead", "max_age = \"1s\""), ("gone", ""), ("lasting", ""),
                    ("silent", "timeout = \"200ms\"\nmax_age = \"1s\""),
                ]
            )
        )
        let daemon = try world.daemon()
        try await world.wait(for: .webhookUnavailable, "WEBHOOK_NAME=flaky", of: daemon)
        // Read at the next attempt.
        try world.folder.write("secret", "no secret\n")
        try await world.wait(for: .webhookAvailable, "WEBHOOK_NAME=flaky", of: daemon)
        try await world.wait(for: .deadLetter, of: daemon, times: 2)
        try await world.wait(for: .configurationWarning, "WEBHOOK_NAME=lasting", of: daemon)
        let settled = [#""webhook":"lasting","state":"pending","attempts":2,[^}]*"http_status":503"#]
        try await world.show(["deliveries", "--json"], once: settled)
        try await world.show(["deliveries"], and: Normalisation.tables)
        try await world.show(["status", "--json"])
        try await world.show(["status"], and: Normalisation.tables)
        try await world.show(["status", "--job", "job-a"])
        try world.check("deliveries-tool")
        try world.checkJournal("deliveries-journal")
        try await world.show(["replay", "--pending"])
        try await world.show(["replay", "--webhook", "flaky"])
        try await world.show(["replay", "--dead"])
        try await world.show(["replay", "evt_b6870de1344193c3596d39e90885cedb"])
        try await world.show(["replay", "--since", "2000-01-01T00:00:00Z"])
        try await world.wait(for: .replayed, of: daemon, times: 5)
        try world.check("deliveries-replayed")
        try world.checkJournal("deliveries-replayed-journal", only: [.replayed])
        try await daemon.stopsInTime()
    }

    /// Under systemd a journal whose socket is missing takes nothing; a line on stderr says so.
    @Test func aJournalThatIsAway() async throws {
        guard
            let world = try await GoldenWorld(
                Self.scenario(#"{"name": "down", "probability": 1, "retry_after": 3600}"#)
            )
        else { return }
        try world.configure(Self.configuration("job-b", [("down", "")]))
        try world.simulator.change(#"{"jobs": [{"id": "job-b", "timeline": [{"status": "PROCESSING"}]}]}"#)
        let daemon = try world.daemon(["INVOCATION_ID": "0123456789abcdef0123456789abcdef"])
        try await world.wait(for: .started, of: daemon)
        try await daemon.waitUntil("a first answer") {
            try await world.tool(["status"]).printed.contains("PROCESSING")
        }
        world.journal.close()
        try world.simulator.change(#"{"jobs": [{"id": "job-b", "timeline": [{"status": "CANCELLED"}]}]}"#)
        try await world.show(
            ["status", "--json"],
            once: [#""journal","health":"failing"#, #""down","health":"failing"#],
            and: [(#"failing \(\d+ in a row\): the journal"#, "failing (N in a row): the journal")]
        )
        try world.check("journal-away-tool")
        try world.journal.open()
        let count = (pattern: #"DURATION and \d+ failed attempts?"#, template: "DURATION and N failed attempts")
        try await world.wait(for: .journalAvailable, of: daemon)
        try await daemon.waitUntil("its record") {
            try await world.tool(["deliveries", "--state", "delivered", "--json"]).printed.contains("evt_")
        }
        daemon.signal(SIGKILL)
        _ = try await daemon.exitStatus()
        try world.checkLines("journal-away-stderr", of: daemon, where: { $0.contains("journal") }, and: [count])
        try await world.show(["status", "--json"])
        try await world.show(["status"], and: Normalisation.tables)
        try world.check("crashed-tool")
        try world.configure(Self.configuration("job-b", []))
        let second = try world.daemon()
        try await world.wait(for: .orphanedDeliveries, of: second)
        try await world.show(["status", "--json"], once: ["CANCELLED"])
        try await world.show(["status", "--job", "job-b"])
        try world.check("orphaned-tool")
        try await second.stopsInTime()
        try world.checkJournal("journal-away-journal", and: [count])
    }
}
