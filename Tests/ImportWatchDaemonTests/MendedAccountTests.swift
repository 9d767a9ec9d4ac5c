import Foundation
import TestSupport
import Testing

/// Jobs that were asked for in the wrong account are found soon after that is mended.
@Suite struct MendedAccountTests {
    private static let scenario = """
        {"keys": [{"id": "AKIDWRONG", "secret": "s", "account": "111111111111"},
                  {"id": "AKIDRIGHT", "secret": "s", "account": "222222222222"}],
         "jobs": [{"id": "a", "account": "222222222222", "timeline": [{"status": "COMPLETED"}]}],
         "webhooks": [{"name": "ops", "secret": "\(DaemonHarness.secret)"}]}
        """

    private func credentials(_ key: String) -> String {
        "[default]\naws_access_key_id = \(key)\naws_secret_access_key = s\n[right]\naws_access_key_id = AKIDRIGHT\n"
            + "aws_secret_access_key = s\n"
    }

    private func lostJob() async throws -> (DaemonHarness, TestProcess) {
        let harness = try await DaemonHarness(Self.scenario, jobs: [])
        try harness.configure(jobs: ["a"], polling: "not_found_grace = \"1s\"")
        let file = try harness.folder.write("credentials", credentials("AKIDWRONG"))
        let daemon = try harness.daemon(environment: ["AWS_SHARED_CREDENTIALS_FILE": file])
        try await daemon.waitFor("is not known to SES any more")
        return (harness, daemon)
    }

    @Test func otherCredentialsBringWhatWasNotFoundForward() async throws {
        let (harness, daemon) = try await lostJob()
        try harness.folder.write("credentials", credentials("AKIDRIGHT"))
        // Whatever makes the daemon look at its credentials: here another job.
        try harness.configure(jobs: ["a", "b"], polling: "not_found_grace = \"1s\"")
        try await daemon.waitUntil("the job's end") {
            try await harness.delivered().contains { $0.type == "ses.import_job.completed" }
        }
        #expect(daemon.printed.contains("job a, told as lost, is found again"))
    }

    @Test func aReloadThatNamesAnotherProfileDoesSoToo() async throws {
        let (harness, daemon) = try await lostJob()
        let text = try String(contentsOfFile: harness.configuration, encoding: .utf8)
        try harness.folder.write("importwatchd.toml", "profile = \"right\"\n" + text)
        #expect(try await harness.tool(["reload"]).status == 0)
        try await daemon.waitUntil("the job's end") {
            try await harness.delivered().contains { $0.type == "ses.import_job.completed" }
        }
    }
}
