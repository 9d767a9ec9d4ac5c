import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

extension Hostile {
    /// Credentials that an agent gives anew at each fetch: always refused, or revoked while polls are under way.
    @Suite(.serialized) struct RefusedCredentialsTests {
        private static func document(_ id: String) -> LoopbackServer.Manner {
            .answerAndClose(
                LoopbackServer.answer(
                    body: #"{"AccessKeyId": "\#(id)", "SecretAccessKey": "secret", "Token": "\#(id)"}"#
                )
            )
        }

        private static func environment(_ agent: LoopbackServer) -> [String: String] {
            [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": agent.address + "/credentials", "AWS_CONFIG_FILE": "/dev/null",
                "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            ]
        }

        private static let jobs = """
            {"id": "job-{n}", "count": 40, "timeline": [{"status": "PROCESSING"}]}
            """
        private static let ids = (0..<40).map { "job-\($0)" }

        @Test func newCredentialsThatAreAlwaysRefusedAreToldAndFetchedMoreAndMoreSeldom() async throws {
            let agent = try LoopbackServer { Self.document("AKIDNEW\($0.number)") }
            let harness = try await DaemonHarness(#"{"jobs": [\#(Self.jobs)]}"#, jobs: Self.ids)
            let daemon = try harness.daemon(environment: Self.environment(agent))
            try await daemon.waitFor("credentials refused: UnrecognizedClientException", seconds: 10)
            try await Task.sleep(for: .seconds(6))
            let count = agent.requests.count
            #expect((2...8).contains(count), "\(count) fetches in 6 s")
            #expect(daemon.printed.components(separatedBy: "credentials refused").count == 2, "\(daemon.printed)")
            let (_, printed) = try await harness.tool(["status", "--json"])
            let status = try JSONValue(decoding: Array(printed.utf8))
            let health = status["sources"]?.array?.first?["health"]?.string ?? printed
            #expect(health.contains("credentials refused"), "\(health)")
            daemon.signal(SIGTERM)
            #expect(try await daemon.exitStatus(seconds: 10) == 0)
        }

        @Test func aWaitEndsWithTheRefusalOfCredentialsThatAreAlwaysNew() async throws {
            let agent = try LoopbackServer { Self.document("AKIDNEW\($0.number)") }
            let harness = try await DaemonHarness(#"{"jobs": [\#(Self.jobs)]}"#, jobs: Self.ids)
            let process = try TestProcess(
                "importwatchctl",
                [
                    "wait", "--region", "eu-west-1", "--endpoint-url", harness.simulator.service, "--rate", "50",
                    "--min-delay", "50ms", "--max-delay", "200ms", "job-1",
                ],
                environment: Self.environment(agent)
            )
            #expect(try await process.exitStatus(seconds: 20) == 1)
            #expect(process.printed.contains("UnrecognizedClientException"), "\(process.printed)")
            #expect(agent.requests.count <= 3, "\(agent.requests.count) fetches")
        }

        @Test func keysThatAreRevokedWhilePollsAreUnderWayRaiseNoAlarm() async throws {
            let generation = Mutex(0)
            let agent = try LoopbackServer { _ in
                Thread.sleep(forTimeInterval: 0.3)
                return Self.document("AKIDGEN\(generation.withLock { $0 })")
            }
            let keys = (0...4).map { #"{"id": "AKIDGEN\#($0)", "secret": "secret", "token": "AKIDGEN\#($0)"}"# }
            let harness = try await DaemonHarness(
                #"{"keys": [\#(keys.joined(separator: ","))], "latency_ms": 250, "jobs": [\#(Self.jobs)]}"#,
                jobs: Self.ids
            )
            let daemon = try harness.daemon(environment: Self.environment(agent))
            try await daemon.waitUntil("polls") { try await harness.simulator.statistics().requests > 40 }
            for revoked in 0..<4 {
                generation.withLock { $0 = revoked + 1 }
                try harness.simulator.change(
                    #"{"keys": [{"id": "AKIDGEN\#(revoked)", "secret": "secret", "token": "AKIDGEN\#(revoked)","#
                        + #" "expires_at": 0}]}"#
                )
                try await daemon.waitUntil("the next key") {
                    try await harness.simulator.statistics().requestsPerKey["AKIDGEN\(revoked + 1)", default: 0] > 40
                }
            }
            #expect(!daemon.printed.contains("credentials refused"), "\(daemon.printed)")
            #expect(agent.requests.count == 5, "\(agent.requests.count) fetches")
            daemon.signal(SIGTERM)
            #expect(try await daemon.exitStatus(seconds: 10) == 0)
        }
    }
}
