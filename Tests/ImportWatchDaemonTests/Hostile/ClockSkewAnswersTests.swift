import Foundation
import TestSupport
import Testing

extension Hostile {
    /// A service whose Date is no use.
    @Suite struct ClockSkewAnswersTests {
        private static let dates: [[String]] = [
            ["Fri, 01 Jan 2400 00:00:00 GMT"], ["Wed, 25 Nov 2026 08:00:00 GMT", "Wed, 25 Nov 2026 09:00:00 GMT"],
        ]

        /// Credentials that are refused are told as refused, once, and asked with ever more seldom.
        @Test(arguments: dates) func aRefusalThatNoTimeCuresIsToldOnce(dates: [String]) async throws {
            let service = try LoopbackServer { request in
                let date = dates[request.number % dates.count]
                return .answerAndKeep(
                    LoopbackServer.answer(
                        "403 Forbidden",
                        headers: "Date: \(date)\r\nx-amzn-ErrorType: RequestTimeTooSkewed\r\n",
                        body: #"{"message": "too skewed"}"#
                    )
                )
            }
            let harness = try await DaemonHarness.against(service, jobs: ["a", "b", "c"])
            let daemon = try harness.daemon()
            try await daemon.waitUntil("twenty refusals") { service.requests.count >= 20 }
            let lines = daemon.printed.split(separator: "\n")
            #expect(lines.filter { $0.contains("credentials refused") }.count == 1, "\(daemon.printed)")
            #expect(lines.filter { $0.contains("this machine's clock") }.count <= 1, "\(daemon.printed)")
            daemon.signal(SIGTERM)
            #expect(try await daemon.exitStatus() == 0)
        }
    }
}
