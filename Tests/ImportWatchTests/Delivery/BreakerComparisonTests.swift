import TestSupport
import Testing

@testable import ImportWatch

/// What the breaker costs where a receiver is only shaky, and what it spares one that is dead.
@Suite struct BreakerComparisonTests {
    private static let seeds: Range<UInt64> = 0..<9
    private static let widths = [4, 64, 100]

    @Test(arguments: [0.1, 0.33, 0.5], widths)
    func aShakyReceiverIsNotStarved(probability: Double, concurrency: Int) {
        // Without a breaker: every first try, and meanwhile the retries, fill the slots.
        let rounds = 1000 * (1 + probability) / Double(concurrency)
        let unhindered = rounds.rounded(.up) * 0.1
        var times: [Double] = []
        var entries: [Int] = []
        for seed in Self.seeds {
            var receiver = SimulatedReceiver(events: 1000, concurrency: concurrency, seed: seed) { _, generator in
                Double.random(in: 0..<1, using: &generator) < probability
            }
            receiver.run(seconds: 86_400) { $0.allTriedAt != nil }
            times.append(receiver.allTriedAt ?? .infinity)
            entries.append(receiver.entries.count)
        }
        print(
            "breaker: 1,000 events, \(probability) fail, concurrency \(concurrency): all tried after "
                + "\(median(times)) s (worst \(times.max() ?? 0)), \(entries.max() ?? 0) entries"
        )
        // At a half, ten failures in a row come about once in a thousand attempts and cost a probe's wait.
        let pause = probability < 0.4 ? 1.0 : 6
        #expect(median(times) <= unhindered * 1.5 + pause)
        #expect((entries.max() ?? 0) <= (probability < 0.4 ? 4 : 12))
    }

    @Test(arguments: [DeliveryTarget.webhook("ops"), .journal], widths)
    func afterAShortOutageTheFirstSuccessComesSoon(target: DeliveryTarget, concurrency: Int) {
        var times: [Double] = []
        var lasts: [Double] = []
        for seed in Self.seeds {
            var receiver = SimulatedReceiver(to: target, events: 1000, concurrency: concurrency, seed: seed) { at, _ in
                at < 1
            }
            receiver.run(seconds: 86_400)
            times.append((receiver.arrivals.first ?? .infinity) - 1)
            lasts.append((receiver.arrivals.last ?? .infinity) - 1)
            #expect(receiver.arrivals.count == 1000)
        }
        print(
            "breaker: outage of 1 s, \(target.name), concurrency \(concurrency): first success "
                + "\(median(times)) s after it (worst \(times.max() ?? 0)), the last \(median(lasts)) s"
        )
        #expect(median(times) <= 3)
        #expect((times.max() ?? 0) <= 8)
    }

    /// One event every 10 s meets an outage of 10 minutes.
    @Test(arguments: [DeliveryTarget.webhook("ops"), .journal])
    func aTrickleIsTakenUpSoonAfterAnOutage(target: DeliveryTarget) {
        var times: [Double] = []
        for seed in Self.seeds {
            var receiver = SimulatedReceiver(to: target, events: 120, every: 10, concurrency: 64, seed: seed) { at, _ in
                (100..<700).contains(at)
            }
            receiver.run(seconds: 86_400)
            times.append((receiver.arrivals.first { $0 >= 700 } ?? .infinity) - 700)
            #expect(receiver.arrivals.count == 120)
        }
        print("breaker: one event per 10 s, \(target.name): first success \(median(times)) s after an outage of 10 min")
        #expect(median(times) <= (target == .journal ? 5 : 60))
    }

    @Test(arguments: widths)
    func aDeadReceiverIsSpared(concurrency: Int) {
        for seed in Self.seeds {
            var receiver = SimulatedReceiver(events: 1000, concurrency: concurrency, seed: seed) { _, _ in true }
            receiver.run(seconds: 3600)
            #expect(receiver.attempts <= concurrency + 110)
            #expect(receiver.entries.count == 1)
            #expect(receiver.mostInFlight <= concurrency)
            if seed == 0 {
                print("breaker: dead receiver, concurrency \(concurrency): \(receiver.attempts) attempts in an hour")
            }
        }
    }

    /// A second try after a lone failure comes at the schedule's 5 s, whatever other attempts did.
    @Test func aLoneFailureIsTriedAgainAfterFiveSeconds() {
        var failed = 0
        var receiver = SimulatedReceiver(events: 5, concurrency: 5, seed: 1) { at, _ in at < 0.2 }
        receiver.run(seconds: 60)
        failed = receiver.attempts - 5
        #expect(failed == 5)
        #expect(receiver.arrivals.count == 5)
        #expect(receiver.arrivals.allSatisfy { $0 <= 5.8 })
    }
}
