import Foundation
import JSON
import TestSupport
import Testing

/// `importwatchctl wait`, as a process against the simulator.
@Suite(.serialized) struct WaitCommandTests {
    private static let jobs = """
        {"id": "done", "timeline": [{"status": "PROCESSING", "seconds": 0.4}, {"status": "COMPLETED"}]},
        {"id": "typos", "failed": 2, "timeline": [{"status": "COMPLETED"}]},
        {"id": "failed", "message": "no CSV, see https://x.example/y?X-Amz-Signature=00", "timeline": [{"status": "FAILED"}]},
        {"id": "cancelled", "timeline": [{"status": "CANCELLED"}]},
        {"id": "open", "timeline": [{"status": "PROCESSING"}]}
        """

    private func world(_ more: String = "") async throws -> DaemonHarness {
        try await DaemonHarness(
            """
            {"jobs": [\(Self.jobs)], "webhooks": [{"name": "ops", "secret": "\(DaemonHarness.secret)"}]\(more)}
            """,
            jobs: ["other"]
        )
    }

    private func wait(
        _ harness: DaemonHarness,
        _ arguments: [String],
        environment: [String: String] = Simulator.environment
    ) async throws -> (status: Int32, printed: String) {
        let process = try TestProcess(
            "importwatchctl",
            [
                "wait", "--region", "eu-west-1", "--endpoint-url", harness.simulator.service, "--rate", "50",
                "--min-delay", "50ms", "--max-delay", "200ms", "--not-found-grace", "300ms",
            ] + arguments,
            environment: environment
        )
        let status = try await process.exitStatus()
        return (status, process.printed)
    }

    @Test func theExitStatusSaysHowTheGravestJobEnded() async throws {
        let harness = try await world()
        for (jobs, expected) in [
            (["done"], Int32(0)), (["typos"], 10), (["failed"], 11), (["cancelled"], 12), (["nowhere"], 13),
            (["done", "typos"], 10), (["done", "cancelled", "typos"], 12), (["nowhere", "failed", "done"], 11),
            (["nowhere", "nothing", "never"], 13),
        ] {
            let (status, printed) = try await wait(harness, jobs)
            #expect(status == expected, "\(jobs): \(printed)")
            for job in jobs { #expect(printed.contains("job \(job) "), "\(printed)") }
            #expect(!printed.contains("X-Amz-Signature"))
        }
    }

    @Test func theTimeLimitHolds() async throws {
        let harness = try await world()
        let (status, printed) = try await wait(harness, ["--timeout", "700ms", "--json", "open", "done"])
        #expect(status == 75)
        let last = printed.split(separator: "\n").first { $0.hasPrefix("{") } ?? ""
        let report = try JSONValue(decoding: Array(last.utf8))
        #expect(report["timed_out"]?.bool == true)
        #expect(report["jobs"]?.array?.compactMap { $0["id"]?.string } == ["done"])
        #expect(report["jobs"]?.array?.first?["outcome"]?.string == "completed")
    }

    @Test func aWebhookIsToldAsTheDaemonWould() async throws {
        let harness = try await world()
        let (status, printed) = try await wait(
            harness,
            ["--webhook", "ops", "--config", harness.configuration, "failed", "done"]
        )
        #expect(status == 11, "\(printed)")
        let arrivals = try await harness.delivered()
        #expect(Set(arrivals.map(\.type)) == ["ses.import_job.failed", "ses.import_job.completed"])
        #expect(arrivals.allSatisfy { $0.signatureValid })
        // The daemon's event of the same job has the same ID, so that a receiver drops one of them.
        try harness.configure(jobs: ["failed"])
        let daemon = try harness.daemon()
        try await daemon.waitUntil("the daemon's notification") { try await harness.delivered().count == 3 }
        let failed = try await harness.delivered().filter { $0.type == "ses.import_job.failed" }
        #expect(failed.count == 2 && Set(failed.map(\.id)).count == 1)
    }

    @Test func throttlingAndOutagesAreWaitedThrough() async throws {
        let harness = try await world(#", "throttle": {"rate": 3, "burst": 1}, "outages": [{"from": 0, "to": 1.5}]"#)
        let (status, printed) = try await wait(harness, ["done", "typos", "cancelled"])
        #expect(status == 12, "\(printed)")
    }

    @Test func whatCanNeverSucceedEndsAtOnce() async throws {
        let harness = try await world()
        let wrong = ["AWS_ACCESS_KEY_ID": "AKIDSIMULATOR", "AWS_SECRET_ACCESS_KEY": "wrong-secret"]
        let refused = try await wait(harness, ["done"], environment: wrong)
        #expect(refused.status == 1 && refused.printed.contains("credentials refused"))
        #expect(!refused.printed.contains("polling goes on") && !refused.printed.contains("source wait"))
        #expect(!refused.printed.contains("wrong-secret"))
        let process = try TestProcess(
            "importwatchctl",
            ["wait", "a"],
            environment: ["AWS_CONFIG_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true"]
        )
        #expect(try await process.exitStatus() == 1)
        #expect(process.printed.contains("no Region: give --region"))
        for bad in [
            [], [".."], ["--timeout", "soon", "a"], ["--rate", "0", "a"],
            ["--min-delay", "9s", "--max-delay", "1s", "a"],
        ] {
            #expect(try await wait(harness, bad).status == 2)
        }
        let unknown = try await wait(harness, ["--webhook", "nobody", "--config", harness.configuration, "done"])
        #expect(unknown.status == 6 && unknown.printed.contains("no [[webhook]] is called nobody; there are ops"))
    }

    /// Nobody refused what was never found, and nothing goes on after the end: the words say which of it is so.
    @Test func credentialsThatAreNotThereAreSaidToBeMissing() async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path + "/.aws", withIntermediateDirectories: true)
        try folder.write(
            ".aws/config",
            """
            [profile sso]
            sso_start_url = https://start.example.com/start
            sso_region = eu-west-1
            sso_account_id = 123456789012
            sso_role_name = reader
            [profile keys]
            aws_access_key_id = AKIDKEYS
            aws_secret_access_key = keys-secret
            """
        )
        let here = ["--region", "eu-west-1"]
        for (arguments, home, expected) in [
            (here, "/nonexistent", ["no credentials: found none in the environment", "or name a profile"]),
            (here + ["--profile", "absent"], folder.path, ["profile absent: there is no profile absent"]),
            (["--profile", "absent"], folder.path, ["profile absent: there is no profile absent"]),
            (here + ["--profile", "sso"], folder.path, ["run: aws sso login --profile sso"]),
            (["--profile", "sso"], folder.path, ["no Region: give --region", "run: aws sso login --profile sso"]),
            (["--profile", "keys"], folder.path, ["no Region: give --region"]),
            ([], "/nonexistent", ["no Region: give --region", "found none in the environment"]),
        ] {
            let process = try TestProcess(
                "importwatchctl",
                ["wait"] + arguments + ["a"],
                environment: ["HOME": home, "AWS_EC2_METADATA_DISABLED": "true"]
            )
            #expect(try await process.exitStatus() == 1)
            for words in expected { #expect(process.printed.contains(words), "\(arguments): \(process.printed)") }
            for untrue in ["refused", "polling goes on", "CredentialError", "source wait", "keys-secret"] {
                #expect(!process.printed.contains(untrue), "\(arguments): \(process.printed)")
            }
        }
    }

    /// On a pseudo-terminal one line is redrawn, and an interrupt leaves the terminal clean.
    @Test func onATerminalALineIsRedrawnAndAnInterruptLeavesNothing() async throws {
        let harness = try await world()
        let terminal = try await PythonClients.run(
            "on-a-terminal.py",
            [
                "70", "PROCESSING", TestProcess.products.appendingPathComponent("importwatchctl").path, "wait",
                "--region", "eu-west-1", "--endpoint-url", harness.simulator.service, "--rate", "50", "--min-delay",
                "50ms", "--max-delay", "100ms", "open",
            ]
        )
        #expect(terminal["status"]?.integer == 130)
        let output = try #require(terminal["output"]?.string)
        #expect(output.contains("\r\u{1B}[Kwaiting for 1 of 1: open PROCESSING"))
        #expect(output.hasSuffix("\r\u{1B}[K"))
        for line in output.split(separator: "\r") { #expect(line.count <= 70 + 3) }
    }
}
