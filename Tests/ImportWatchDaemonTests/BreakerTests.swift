import Foundation
import ImportWatch
import JSON
import TestSupport
import Testing

/// A receiver that is down for a moment while many attempts are under way.
@Suite(.serialized) struct BreakerTests {
    private static func webhook(_ probability: Int) -> String {
        #"{"name": "ops", "secret": "\#(DaemonHarness.secret)", "probability": \#(probability)}"#
    }

    @Test func afterASecondsOutageTheFirstNotificationArrivesSoon() async throws {
        let ids = (0..<200).map { "job-\($0)" }
        let jobs = ids.map { #"{"id": "\#($0)", "timeline": [{"status": "COMPLETED"}]}"# }.joined(separator: ",")
        let harness = try await DaemonHarness(
            #"{"jobs": [\#(jobs)], "webhooks": [\#(Self.webhook(1))]}"#,
            jobs: ids,
            more: "concurrency = 64"
        )
        let daemon = try harness.daemon()
        try await daemon.waitUntil("the breaker to trip", seconds: 60) {
            try await harness.simulator.statistics().arrivals.count >= 10
        }
        try await Task.sleep(for: .seconds(1))
        let status = try JSONValue(decoding: Array(try await harness.tool(["status", "--json"]).printed.utf8))
        let target = status["targets"]?.array?.first { $0["name"]?.string == "ops" }
        #expect(target?["next_probe"]?.string != nil)
        let asked = WallTime(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1000))
        let (_, printed) = try await harness.tool(["deliveries", "--json", "--webhook", "ops", "--state", "pending"])
        let pending = try JSONValue(decoding: Array(printed.utf8))["deliveries"]?.array ?? []
        #expect(!pending.isEmpty)
        for delivery in pending {
            let next = delivery["next_attempt_at"]?.string.flatMap { WallTime(rfc3339: $0) }
            #expect(next.map { $0 >= asked } == true)
        }
        try harness.simulator.change(#"{"webhooks": [\#(Self.webhook(0))]}"#)
        let back = Date()
        try await daemon.waitUntil("the first notification to arrive", seconds: 30) {
            try await !harness.delivered().isEmpty
        }
        print("breaker: through the daemon, first success \(Date().timeIntervalSince(back)) s after the outage")
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }
}
