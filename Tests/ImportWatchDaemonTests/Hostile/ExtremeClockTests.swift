import Foundation
import TestSupport
import Testing

extension Hostile {
    /// A machine whose time of day is anything: far ahead, far back, and stepping between.
    @Suite struct ExtremeClockTests {
        /// The years 9990, 1970, 1, 2262 and its next, 3,000,000 and the ends of what a clock can hold.
        private static let clocks: [Int64] = [
            253_086_000_000, 0, -62_135_596_800, 9_223_372_036, 9_223_372_037, 94_670_000_000_000, .max, .min,
        ]

        /// The job's end is told, status answers, a stop takes no longer, and the next start finds its state, whatever the
        /// clock shows and wherever it steps.
        @Test func theDaemonWorksWhateverTheClockShows() async throws {
            let ended = Switch()
            let service = try LoopbackServer { _ in
                let status = ended.isOn ? "COMPLETED" : "PROCESSING"
                return .answerAndKeep(LoopbackServer.answer(body: #"{"JobStatus": "\#(status)"}"#))
            }
            let harness = try await DaemonHarness.against(service)
            var environment = Simulator.environment
            environment["LD_PRELOAD"] = TestProcess.products.appendingPathComponent("libFaultPoints.so").path
            environment["FAULT_WALL_SECONDS_FILE"] = harness.folder.path + "/clock"
            for start in [Self.clocks[0], 0, .max, .min] {
                try harness.folder.write("clock", "\(start)")
                let daemon = try harness.daemon(environment: environment)
                for step in [start] + Self.clocks {
                    try harness.folder.write("clock", "\(step)")
                    let before = service.requests.count
                    try await daemon.waitUntil("a poll at \(step)") { service.requests.count >= before + 2 }
                }
                #expect(try await harness.tool(["status"]).status == 0)
                let begin = ContinuousClock.now
                daemon.signal(SIGTERM)
                #expect(try await daemon.exitStatus() == 0)
                let took = begin.duration(to: .now)
                print("stopped within \(took)")
                #expect(took < .seconds(8), "the machine may be busy; 1.5 s are what it takes at most on an idle one")
            }
            ended.isOn = true
            try FileManager.default.removeItem(atPath: harness.folder.path + "/clock")
            let daemon = try harness.daemon(environment: environment)
            try await daemon.waitUntil("the notification") { try await !harness.delivered().isEmpty }
            daemon.signal(SIGTERM)
            #expect(try await daemon.exitStatus() == 0)
        }
    }
}
