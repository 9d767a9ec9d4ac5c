import Foundation
import TestSupport
import Testing

/// Credentials that end while the daemon runs.
@Suite(.serialized) struct ExpiringCredentialsTests {
    /// The old key is refused as expired; a new one in the file is taken up without a restart, and the outcome is told.
    @Test func aRenewedFileIsTakenUpAfterARefusal() async throws {
        let harness = try await DaemonHarness(
            """
            {"keys": [{"id": "AKIDOLD", "secret": "old-secret", "token": "t1", "expires_at": 2},
                      {"id": "AKIDNEW", "secret": "new-secret"}],
             "jobs": [{"id": "a", "timeline": [{"status": "PROCESSING", "seconds": 4}, {"status": "COMPLETED"}]}],
             "webhooks": [{"name": "ops", "secret": "\(DaemonHarness.secret)"}]}
            """,
            jobs: ["a"]
        )
        try harness.folder.write(
            "credentials",
            "[default]\naws_access_key_id = AKIDOLD\naws_secret_access_key = old-secret\naws_session_token = t1\n"
        )
        let daemon = try harness.daemon(environment: [
            "AWS_SHARED_CREDENTIALS_FILE": harness.folder.path + "/credentials", "AWS_EC2_METADATA_DISABLED": "true",
        ])
        try await daemon.waitFor("ExpiredToken")
        #expect(try await harness.delivered().isEmpty)
        try harness.folder.write(
            "credentials",
            "[default]\naws_access_key_id = AKIDNEW\naws_secret_access_key = new-secret\n"
        )
        try await daemon.waitUntil("the notification", seconds: 90) { try await harness.delivered().count == 1 }
        let statistics = try await harness.simulator.statistics()
        #expect(statistics.requestsPerKey["AKIDNEW", default: 0] > 0)
        #expect(statistics.arrivals.map(\.type) == ["ses.import_job.completed"])
        #expect(!daemon.printed.contains("old-secret") && !daemon.printed.contains("AKIDOLD"))
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }

    /// Keys that a program gives for two seconds each: every poll has good ones, and the service refuses none.
    @Test func aProgramIsAskedAgainBeforeItsKeysEnd() async throws {
        let harness = try await DaemonHarness(
            """
            {"jobs": [{"id": "a", "timeline": [{"status": "PROCESSING", "seconds": 6}, {"status": "COMPLETED"}]}],
             "webhooks": [{"name": "ops", "secret": "\(DaemonHarness.secret)"}]}
            """,
            jobs: ["a"]
        )
        let runs = harness.folder.path + "/runs"
        let program = try harness.folder.write(
            "program",
            """
            #!/bin/sh
            echo run >> \(runs)
            end=$(date -u -d '+3 seconds' +%Y-%m-%dT%H:%M:%SZ)
            echo "{\\"Version\\": 1, \\"AccessKeyId\\": \\"AKIDSIMULATOR\\", \\"SecretAccessKey\\": \\"simulator-secret\\",\
             \\"Expiration\\": \\"$end\\"}"
            """
        )
        try harness.folder.write("config", "[default]\ncredential_process = sh \(program)\n")
        let daemon = try harness.daemon(environment: [
            "AWS_CONFIG_FILE": harness.folder.path + "/config", "AWS_EC2_METADATA_DISABLED": "true",
        ])
        try await daemon.waitUntil("the notification", seconds: 60) { try await harness.delivered().count == 1 }
        let count = try String(contentsOfFile: runs, encoding: .utf8).split(separator: "\n").count
        #expect(count > 2 && count < 30)
        #expect(!daemon.printed.contains("credentials"), "\(daemon.printed)")
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }
}
