import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct DaemonTests {
    private static let scenario = """
        {"jobs": [
          {"id": "a", "timeline": [{"status": "PROCESSING", "seconds": 0.3}, {"status": "COMPLETED"}]},
          {"id": "b", "failed": 3, "timeline": [{"status": "PROCESSING", "seconds": 0.3}, {"status": "COMPLETED"}]},
          {"id": "c", "message": "no CSV, see https://x.example/y?X-Amz-Signature=00", "timeline": [{"status": "FAILED"}]},
          {"id": "d", "timeline": [{"status": "PROCESSING"}]}],
         "webhooks": [{"name": "ops", "secret": "\(DaemonHarness.secret)"}]}
        """

    @Test func tellsEveryEndOnceOverRestartsAndStopsWithinASecond() async throws {
        let harness = try await DaemonHarness(Self.scenario, jobs: ["a", "b", "c", "d"])
        let first = try harness.daemon()
        try await first.waitUntil("three notifications") { try await harness.delivered().count == 3 }
        try await first.stopsInTime()
        let asked = try await harness.simulator.statistics().requestsPerJob

        let second = try harness.daemon()
        try await second.waitUntil("polls of d") {
            try await harness.simulator.statistics().requestsPerJob["d", default: 0] > asked["d", default: 0] + 3
        }
        second.signal(SIGTERM)
        #expect(try await second.exitStatus() == 0)
        let statistics = try await harness.simulator.statistics()
        for id in ["a", "b", "c"] { #expect(statistics.requestsPerJob[id] == asked[id], "job \(id) was asked again") }
        #expect(statistics.refusedSignatures == 0)
        let types = Dictionary(grouping: statistics.arrivals, by: \.jobId).mapValues { $0.map(\.type) }
        #expect(
            types == [
                "a": ["ses.import_job.completed"], "b": ["ses.import_job.completed_with_errors"],
                "c": ["ses.import_job.failed"],
            ]
        )
        #expect(statistics.arrivals.allSatisfy { $0.signatureValid })
        #expect(!statistics.arrivals.contains { $0.body.contains("X-Amz-Signature") })
        #expect(!first.printed.contains("X-Amz-Signature"))
        #expect(first.printed.contains("job c failed"))
    }

    @Test func whatWasNotDeliveredGoesOutAfterAKill() async throws {
        let harness = try await DaemonHarness(
            """
            {"jobs": [{"id": "a", "timeline": [{"status": "COMPLETED"}]}],
             "webhooks": [{"name": "ops", "secret": "\(DaemonHarness.secret)", "fail_first": 1}]}
            """,
            jobs: ["a"]
        )
        let first = try harness.daemon()
        try await first.waitFor("webhook ops: the receiver answered HTTP 500")
        first.signal(SIGKILL)
        _ = try await first.exitStatus()
        let second = try harness.daemon()
        try await second.waitUntil("the notification") { try await harness.delivered().count == 1 }
        let arrivals = try await harness.simulator.statistics().arrivals
        #expect(Set(arrivals.map(\.id)).count == 1)
        #expect(try await harness.simulator.statistics().requestsPerJob["a"] == 1)
        #expect(!second.printed.contains("job a completed"))
    }

    @Test func aReloadStartsAddedJobsDropsRemovedOnesAndRefusesABadFile() async throws {
        let harness = try await DaemonHarness(Self.scenario, jobs: ["d"])
        let daemon = try harness.daemon()
        try await daemon.waitFor("started")
        try harness.configure(jobs: ["d", "a"])
        let good = try await harness.tool(["reload"])
        #expect(good.status == 0)
        #expect(good.printed.contains("reloaded: 1 job added, 0 removed"))
        try await daemon.waitUntil("a's notification") { try await harness.delivered().count == 1 }

        try harness.configure(jobs: ["d", ""], polling: "min_dely = \"1s\"")
        let bad = try await harness.tool(["reload"])
        #expect(bad.status == 6)
        #expect(bad.printed.contains("did you mean \"min_delay\"?"))
        #expect(bad.printed.contains("a job ID can't be empty"))
        daemon.signal(SIGHUP)
        try await daemon.waitFor("the old one stays in force")

        try harness.configure(jobs: ["b"])
        daemon.signal(SIGHUP)
        try await daemon.waitUntil("b's notification") { try await harness.delivered().count == 2 }
        let polls = try await harness.simulator.statistics().requestsPerJob["d", default: 0]
        try await Task.sleep(for: .seconds(1))
        #expect(try await harness.simulator.statistics().requestsPerJob["d", default: 0] - polls <= 1)
        let status = try await harness.tool(["status", "--json"])
        #expect(status.status == 0)
        #expect(status.printed.contains(#""watched":0"#))
    }

    @Test func throttlingAndOutagesAreSurvivedWithoutAWordAboutJobs() async throws {
        let harness = try await DaemonHarness(
            """
            {"throttle": {"rate": 5, "burst": 1},
             "faults": [{"kind": "reset", "probability": 0.2}, {"kind": "html", "probability": 0.2},
                        {"kind": "garbage", "probability": 0.1}, {"kind": "truncated", "probability": 0.1},
                        {"kind": "error500", "probability": 0.1}],
             "jobs": [{"id": "a", "count": 10, "timeline": [{"status": "PROCESSING", "seconds": 2},
                                                            {"status": "COMPLETED"}]}],
             "webhooks": [{"name": "ops", "secret": "\(DaemonHarness.secret)"}]}
            """,
            jobs: (0..<10).map { "a-\($0)" }
        )
        let daemon = try harness.daemon()
        try await daemon.waitUntil("ten notifications", seconds: 120) { try await harness.delivered().count >= 10 }
        let statistics = try await harness.simulator.statistics()
        #expect(statistics.throttles > 0)
        #expect(statistics.arrivals.allSatisfy { $0.type == "ses.import_job.completed" })
        #expect(Set(statistics.arrivals.map(\.jobId)).count == 10)
        #expect(daemon.printed.contains("throttled (TooManyRequestsException)"))
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }

    @Test func credentialsThatAreMendedAreTakenUp() async throws {
        let harness = try await DaemonHarness(Self.scenario, jobs: ["a"])
        let credentials = try harness.folder.write(
            "credentials",
            "[default]\naws_access_key_id = AKIDSIMULATOR\naws_secret_access_key = wrong\n"
        )
        let daemon = try harness.daemon(environment: ["AWS_SHARED_CREDENTIALS_FILE": credentials])
        try await daemon.waitFor("credentials refused: InvalidSignatureException")
        try harness.folder.write(
            "credentials",
            "[default]\naws_access_key_id = AKIDSIMULATOR\naws_secret_access_key = simulator-secret\n"
        )
        try await daemon.waitUntil("a's notification") { try await harness.delivered().count == 1 }
        #expect(daemon.printed.contains("credentials accepted again"))
        #expect(!daemon.printed.contains("simulator-secret"))
    }

    @Test func aSecondDaemonOnTheSameStateIsRefused() async throws {
        let harness = try await DaemonHarness(Self.scenario, jobs: ["d"])
        let first = try harness.daemon()
        try await first.waitFor("started")
        let second = try harness.daemon()
        #expect(try await second.exitStatus() == 3)
        #expect(second.printed.contains("in use by another importwatchd (pid \(first.pid))"))
    }

    @Test func aBadOrMissingConfigurationExitsWith6() async throws {
        let folder = try TemporaryFolder()
        let missing = try TestProcess("importwatchd", ["--config", folder.path + "/none.toml"])
        #expect(try await missing.exitStatus() == 6)
        #expect(missing.printed.contains("none.toml: no such file"))
        let bad = try TestProcess("importwatchd", ["--config", try folder.write("bad.toml", "jobs = 3\n[poling]\n")])
        #expect(try await bad.exitStatus() == 6)
        #expect(bad.printed.contains("bad.toml:1:8: jobs must be an array of strings, not an integer"))
        #expect(bad.printed.contains("did you mean \"polling\"?"))
        let usage = try TestProcess("importwatchd", ["--konfig"])
        #expect(try await usage.exitStatus() == 2)
    }
}
