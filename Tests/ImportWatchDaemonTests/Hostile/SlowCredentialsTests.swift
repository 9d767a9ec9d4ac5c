import Foundation
import TestSupport
import Testing

extension Hostile {
    /// Credentials that a program takes its time for.
    @Suite struct SlowCredentialsTests {
        /// However long the polls had to wait, what leaves keeps to the budget: r·w + 1 requests in any w seconds.
        @Test func pollsThatWaitedForCredentialsLeaveByTheBudget() async throws {
            let service = try LoopbackServer { _ in
                .answerAndKeep(LoopbackServer.answer(body: #"{"JobStatus": "PROCESSING"}"#))
            }
            let harness = try await DaemonHarness.against(
                service,
                jobs: (0..<40).map { "job-\($0)" },
                requestsPerSecond: "4"
            )
            let program = try harness.folder.write(
                "program",
                """
                sleep 5
                echo '{"Version": 1, "AccessKeyId": "AKIDSIMULATOR", "SecretAccessKey": "simulator-secret"}'
                """
            )
            try harness.folder.write("config", "[default]\ncredential_process = sh \(program)\n")
            let daemon = try harness.daemon(environment: [
                "AWS_CONFIG_FILE": harness.folder.path + "/config", "AWS_EC2_METADATA_DISABLED": "true",
            ])
            try await daemon.waitUntil("24 requests") { service.requests.count >= 24 }
            let arrivals = service.requests.map(\.arrived)
            for (first, begin) in arrivals.enumerated() {
                for last in first..<arrivals.count {
                    // The way from the daemon to here takes up to two seconds on a busy machine; a burst would be 20 at once.
                    let most = 4 * (arrivals[last] - begin + 2) + 4
                    #expect(
                        Double(last - first + 1) <= most + 1e-6,
                        "\(last - first + 1) in \(arrivals[last] - begin) s"
                    )
                }
            }
            daemon.signal(SIGTERM)
            #expect(try await daemon.exitStatus() == 0)
        }
    }
}
