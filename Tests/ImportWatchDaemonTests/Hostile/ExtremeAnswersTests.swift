import Foundation
import TestSupport
import Testing

extension Hostile {
    /// Numbers and times at the ends of what their types hold, through the whole daemon.
    @Suite struct ExtremeAnswersTests {
        private static let counters = [
            (Int64.min, Int64.max), (-1_000_000_000_000_000_000, 9_000_000_000_000_000_000), (.max, .min),
        ]

        /// The counts are kept as the service told them, the job's end is told with them, and the daemon lives through both
        /// and through a restart with the first of them in its state.
        @Test(arguments: counters) func countersAtTheEndsOfTheirTypeAreLivedThrough(low: Int64, high: Int64)
            async throws
        {
            let ended = Switch()
            let service = try LoopbackServer { request in
                let status = ended.isOn ? "COMPLETED" : "PROCESSING"
                let count = request.number % 2 == 0 ? low : high
                return .answerAndKeep(
                    LoopbackServer.answer(body: #"{"JobStatus": "\#(status)", "ProcessedRecordsCount": \#(count)}"#)
                )
            }
            let harness = try await DaemonHarness.against(service)
            for _ in 0..<2 {
                let daemon = try harness.daemon()
                let before = service.requests.count
                try await daemon.waitUntil("eight answers") { service.requests.count >= before + 8 }
                #expect(try await harness.tool(["status"]).status == 0)
                daemon.signal(SIGTERM)
                #expect(try await daemon.exitStatus() == 0)
            }
            ended.isOn = true
            let daemon = try harness.daemon()
            try await daemon.waitUntil("the notification") { try await harness.delivered().count == 1 }
            let body = try #require(try await harness.delivered().first).body
            #expect([low, high].contains { body.contains(#""processed_records":\#($0)"#) }, "\(body)")
            daemon.signal(SIGTERM)
            #expect(try await daemon.exitStatus() == 0)
        }
    }
}
