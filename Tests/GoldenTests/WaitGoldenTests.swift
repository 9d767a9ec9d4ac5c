import Foundation
import TestSupport
import Testing

/// `importwatchctl wait` for every outcome, and other commands that need no daemon.
@Suite struct WaitGoldenTests {
    private static let scenario = """
        {"jobs": [
          {"id": "job-completed", "timeline": [{"status": "COMPLETED"}], "records": 1000},
          {"id": "job-with-errors", "timeline": [{"status": "COMPLETED"}], "records": 1200, "failed": 7},
          {"id": "job-failed", "timeline": [{"status": "FAILED"}], "records": 50, "failed": 50, "message": "not a CSV"},
          {"id": "job-cancelled", "timeline": [{"status": "CANCELLED"}]},
          {"id": "job-at-work", "timeline": [{"status": "PROCESSING", "seconds": 1000000000}], "records": 10}],
         "webhooks": [{"name": "ops", "secret": "\(GoldenWorld.secret)"}, {"name": "down", "fail_first": 9}]}
        """

    private static let configuration = """
        region = "eu-west-1"
        endpoint_url = "http://SES"
        jobs_files = ["*.list"]
        [[webhook]]
        name = "ops"
        url = "http://HOOKS/hook/ops"
        secret_file = "secret"
        [[webhook]]
        name = "down"
        url = "http://HOOKS/hook/down"
        secret_file = "secret"
        """

    @Test func everyOutcome() async throws {
        guard let world = try await GoldenWorld(Self.scenario) else { return }
        try world.configure(Self.configuration)
        let usual = [
            "--region", "eu-west-1", "--endpoint-url", world.simulator.service, "--rate", "50", "--min-delay", "50ms",
            "--max-delay", "100ms", "--not-found-grace", "200ms",
        ]
        func wait(_ arguments: [String]) async throws {
            let (status, printed) = try await world.tool(["wait"] + usual + arguments)
            let title = "$ importwatchctl wait … \(arguments.joined(separator: " "))"
            world.note(title, BrokenLines.output(printed) + "exit \(status)")
        }
        for job in ["job-completed", "job-with-errors", "job-failed", "job-cancelled", "nobody"] {
            try await wait([job])
            try await wait(["--json", job])
        }
        try await wait(["--timeout", "2s", "job-at-work"])
        try await wait(["--timeout", "2s", "--json", "job-at-work"])
        try await wait(["--webhook", "ops", "--json", "job-completed"])
        try await wait(["--webhook", "down", "job-completed"])
        try await wait(["--webhook", "none", "job-completed"])
        try await wait(["--profile", "none", "job-completed"])
        try world.check("wait")
    }

    @Test func theOtherCommands() async throws {
        guard let world = try await GoldenWorld(Self.scenario) else { return }
        try await world.show(["check"])
        try await world.show(["status"])
        try await world.show(["doctor"])
        try world.configure(Self.configuration)
        try world.folder.write("a.list", "job-completed\n")
        try await world.show(["check"])
        try await world.show(["check", "--json"])
        try await world.show(["status"])
        try await world.show(["deliveries", "--json"])
        try await world.show(["reload"])
        try await world.show(["jobs", "add", "job-new", "job-completed"])
        try await world.show(["jobs", "add", "--list", world.folder.path + "/a.list", "job-other"])
        try await world.show(["jobs", "remove", "job-new", "job-nowhere"])
        try await world.show(["test-webhook", "none"])
        let sample = (pattern: "evt_[0-9a-f]{32}", template: "evt_NEW")
        try await world.show(["test-webhook", "down"], and: [sample])
        try await world.show(["test-webhook", "ops"], and: [sample])
        try world.configure(Self.bad)
        try await world.show(["check"])
        try await world.show(["check", "--json"])
        try await world.show(["doctor"])
        try await world.show(["doctor", "--json"])
        try await world.show(["status"])
        try await world.show(["jobs", "add", "job-new"])
        chmod(world.configuration, 0o600)
        chmod(world.folder.path, 0o755)
        let stranger = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        try await world.show(["check"], as: stranger)
        try await world.show(["check", "--json"], as: stranger)
        try world.check("tool-without-daemon")
    }

    private static let bad = """
        region = "nowhere?"
        endpoint_url = "ftp://x"
        jobs = ["a b", 7, ""]
        jobs_files = ["missing.list"]
        colour = "red"
        [polling]
        requests_per_second = 0
        min_dely = "5s"
        max_delay = "soon"
        [[webhook]]
        name = "ops"
        url = "hooks"
        events = ["done"]
        format = "xml"
        secret_file = "missing"
        [[webhook]]
        name = "ops"
        """
}
