import Foundation
import TestSupport
import Testing

/// Jobs of every outcome: the events, what the tool and the control socket say of them, the metrics.
@Suite struct OutcomeGoldenTests {
    private static let scenario = """
        {"jobs": [
          {"id": "job-completed", "timeline": [{"status": "COMPLETED"}], "records": 1000},
          {"id": "job-with-errors", "timeline": [{"status": "COMPLETED"}], "records": 1200, "failed": 7},
          {"id": "job-failed", "timeline": [{"status": "PROCESSING", "seconds": 1000000000}], "records": 50},
          {"id": "job-cancelled", "timeline": [{"status": "CANCELLED"}], "destination": "suppression_list"},
          {"id": "job-unheard-of", "timeline": [{"status": "PAUSED"}]},
          {"id": "job-overdue", "region": "us-east-1", "clock": "first_request",
           "timeline": [{"status": "PROCESSING", "seconds": 1000000000}], "records": 10}],
         "webhooks": [{"name": "ops", "secret": "\(GoldenWorld.secret)"},
                      {"name": "events", "secret": "\(GoldenWorld.secret)"}]}
        """

    private static func configuration(_ jobs: String, in folder: String) -> String {
        """
        region = "eu-west-1"
        endpoint_url = "http://SES"
        jobs = [\(jobs)]
        [polling]
        requests_per_second = 50
        min_delay = "100ms"
        max_delay = "400ms"
        not_found_grace = "300ms"
        deadline = "0s"
        [[source]]
        name = "late"
        region = "us-east-1"
        jobs = ["job-overdue"]
        [source.polling]
        deadline = "500ms"
        [[webhook]]
        name = "ops"
        url = "http://HOOKS/hook/ops"
        secret_file = "secret"
        include_failed_records_url = true
        headers = { X-Team = "mail" }
        [[webhook]]
        name = "events"
        url = "http://HOOKS/hook/events"
        secret_file = "secret"
        format = "cloudevents"
        [[webhook]]
        name = "chat"
        url = "http://HOOKS/hook/chat"
        format = "slack"
        events = ["failed", "lost", "overdue"]
        [metrics]
        textfile = "\(folder)/metrics.prom"
        """
    }

    private static let jobs = """
        "job-completed", "job-with-errors", "job-failed", "job-cancelled", "job-unheard-of", "job-lost"
        """

    @Test func everyOutcome() async throws {
        guard let world = try await GoldenWorld(Self.scenario) else { return }
        try world.configure(Self.configuration(Self.jobs, in: world.folder.path))
        let daemon = try world.daemon()
        try await world.wait(for: .jobLost, of: daemon)
        try await daemon.waitUntil("the failed job to be seen at work") {
            try await world.tool(["status", "--job", "job-failed"]).printed.contains("PROCESSING")
        }
        try world.simulator.change(
            #"{"jobs": [{"id": "job-failed", "timeline": [{"status": "FAILED"}], "records": 50, "failed": 50, "#
                + #""message": "not a CSV: \"line 1\"\nhttps://example.com/report?key=secret"}]}"#
        )
        try await daemon.waitUntil("all notifications") {
            try await world.simulator.statistics().arrivals.filter { $0.answered == 204 }.count == 15
        }
        try await world.wait(for: .jobFailed, of: daemon)
        try await tool(world)
        try world.check("outcomes-tool")
        try await control(world)
        try world.check("outcomes-control-socket")
        try await reloads(world, daemon)
        try world.check("outcomes-reload")
        daemon.signal(SIGUSR1)
        try await world.wait(for: .summary, of: daemon)
        daemon.signal(SIGTERM)
        world.note("$ importwatchd, SIGTERM", "exit \(try await daemon.exitStatus())")
        try world.check("outcomes-stop")
        try world.checkJournal("outcomes-journal")
        try world.checkLines("outcomes-stderr", of: daemon)
        let metrics = try String(contentsOfFile: world.folder.path + "/metrics.prom", encoding: .utf8)
        try Golden.check("outcomes-metrics", world.names.text(metrics, and: Normalisation.metrics))
        try notifications(world)
        try await stopped(world)
        try world.check("outcomes-stopped")
    }

    /// Until nothing is under way any more.
    private static let settled = [
        #""pending":0.*"pending":0.*"pending":0.*"pending":0"#
    ]

    private func tool(_ world: GoldenWorld) async throws {
        try await world.show(["status", "--json"], once: Self.settled)
        try await world.show(["status"], and: Normalisation.tables)
        for job in ["job-failed", "job-lost", "job-overdue", "job-unheard-of", "nobody"] {
            try await world.show(["status", "--job", job])
            try await world.show(["status", "--job", job, "--json"])
        }
        for job in ["job-completed", "job-failed"] {
            try await world.show(["deliveries", "--job", job], and: Normalisation.tables)
            try await world.show(["deliveries", "--job", job, "--json"])
        }
        try await world.show(["deliveries", "--state", "dead"])
        try await world.show(["deliveries", "--webhook", "chat", "--state", "dead", "--json"])
        try await world.show(["doctor"])
        try await world.show(["doctor", "--json"])
        try await world.show(["doctor", "--json", "--probe", "job-completed"])
        try await world.show(["doctor", "--probe", "nobody"])
        try await world.show(["check"])
        try await world.show(["check", "--json"])
        try await world.show(["replay", "evt_00000000000000000000000000000000"])
        try await world.show(["replay", "--dead"])
    }

    private func control(_ world: GoldenWorld) async throws {
        let own = "io.importwatchd"
        let messages = [
            #"{"method": "org.varlink.service.GetInfo"}"#,
            #"{"method": "org.varlink.service.GetInterfaceDescription", "parameters": {"interface": "\#(own)"}}"#,
            #"{"method": "org.varlink.service.GetInterfaceDescription", "parameters": {"interface": "org.varlink.service"}}"#,
            #"{"method": "org.varlink.service.GetInterfaceDescription", "parameters": {"interface": "other"}}"#,
            #"{"method": "org.varlink.service.GetInterfaceDescription"}"#,
            #"{"method": "\#(own).Status", "parameters": {"job": "job-completed"}}"#,
            #"{"method": "\#(own).Status", "parameters": {"job": "nobody"}}"#,
            #"{"method": "\#(own).Deliveries", "parameters": {"job": "job-overdue", "webhook": "ops"}}"#,
            #"{"method": "\#(own).Deliveries", "parameters": {"state": "dead"}}"#,
            #"{"method": "\#(own).Deliveries", "parameters": {"state": "nothing"}}"#,
            #"{"method": "\#(own).Deliveries", "parameters": {"limit": 0}}"#,
            #"{"method": "\#(own).Deliveries", "parameters": {"state_path": "/elsewhere"}}"#,
            #"{"method": "\#(own).Replay", "parameters": {"dead": true}}"#,
            #"{"method": "\#(own).Replay", "parameters": {"dead": true, "pending": true}}"#,
            #"{"method": "\#(own).Replay", "parameters": {}}"#,
            #"{"method": "\#(own).Replay", "parameters": {"dead": true, "state_path": "/elsewhere"}}"#,
            #"{"method": "\#(own).Examine", "parameters": {}}"#,
            #"{"method": "\#(own).Examine", "parameters": {"probe": "job-with-errors"}}"#,
            #"{"method": "\#(own).Examine", "parameters": {"probe": ""}}"#,
            #"{"method": "\#(own).Nothing"}"#, #"{"method": "other.Nothing"}"#, #"{"method": "nothing"}"#,
            #"{"method": 17}"#, #"{"method": "#, "", "[]",
        ]
        for message in messages { try await world.show(message: message) }
    }

    private func reloads(_ world: GoldenWorld, _ daemon: TestProcess) async throws {
        let good = Self.configuration(Self.jobs, in: world.folder.path)
        try world.configure(good.replacingOccurrences(of: "min_delay", with: "min_dely"))
        try await world.show(["reload"])
        try await world.show(message: #"{"method": "io.importwatchd.Reload"}"#)
        try await world.show(["status", "--json"], once: [#""reload_refused":\{"#] + Self.settled)
        try await world.show(["check"])
        try await world.show(["check", "--json"])
        try await world.show(["doctor", "--json"])
        daemon.signal(SIGHUP)
        try await world.wait(for: .reloadRefused, of: daemon, times: 3)
        // A warning, and one job less.
        try world.configure(
            Self.configuration(
                Self.jobs.replacingOccurrences(of: #""job-completed", "#, with: #""job-cancelled", "#),
                in: world.folder.path
            )
        )
        try await world.show(["reload"])
        try await world.show(message: #"{"method": "io.importwatchd.Reload"}"#)
        // What no reload can change.
        try world.configure(good + "\n[state]\npath = \"other.sqlite\"\n")
        try await world.show(message: #"{"method": "io.importwatchd.Reload"}"#)
        try world.configure(good)
        try await world.show(["reload"])
    }

    /// What webhooks are sent, without headers of the transport.
    private func notifications(_ world: GoldenWorld) throws {
        struct Statistics: Decodable {
            struct Arrival: Decodable {
                var webhook: String
                var signature: String
                var headers: [String: String]
                var body: String
            }
            var arrivals: [Arrival]
        }
        let bytes = try HTTPExchange.run("GET", world.simulator.service + "/simulator/statistics")
        let arrivals = try JSONDecoder().decode(Statistics.self, from: Data(bytes)).arrivals
        let texts = arrivals.map { arrival in
            let headers = arrival.headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\n" }
            let text = "POST /hook/\(arrival.webhook)\n\(headers.joined())\n\(BrokenLines.json(arrival.body))\n"
            return world.names.text(text + "signature: \(arrival.signature)\n")
        }
        try Golden.check("outcomes-webhooks", texts.sorted().joined(separator: "\n"))
    }

    private func stopped(_ world: GoldenWorld) async throws {
        try await world.show(["status"], and: Normalisation.tables)
        try await world.show(["status", "--json"])
        try await world.show(["status", "--job", "job-failed"])
        try await world.show(["status", "--job", "job-failed", "--json"])
        try await world.show(["status", "--job", "nobody", "--json"])
        try await world.show(["deliveries", "--job", "job-completed"], and: Normalisation.tables)
        try await world.show(["deliveries", "--job", "job-completed", "--json"])
        try await world.show(["replay", "evt_00000000000000000000000000000000"])
        try await world.show(["replay", "--webhook", "chat"])
        try await world.show(["reload"])
        try await world.show(["doctor", "--json"])
        try await world.show(["doctor"])
    }
}
