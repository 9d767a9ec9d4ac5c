import Foundation
import ImportWatch
import TestSupport
import Testing

/// The pacer beside the SDKs' adaptive mode, at a service of one request a second that is shared with another caller.
@Suite struct PacingComparisonTests {
    private static let loads: [(name: String, load: @Sendable (Double) -> Double)] = [
        ("none", { _ in 0 }),
        ("0.3/s", { _ in 0.3 }),
        ("0.6/s", { _ in 0.6 }),
        ("0.9/s", { _ in 0.9 }),
        ("0 to 0.9/s, a wave of 20 min", { 0.45 * (1 + sin($0 / 1200 * 2 * .pi)) }),
    ]

    @Test func thePacerWastesFewerCallsThanTheAdaptiveMode() {
        print("pacing: service | other caller | limiter | requests | throttled | mean delay s | worst delay s")
        for limit in SharedService.Limit.allCases {
            for (name, load) in Self.loads {
                let pacer = run(PacerUnderTest(), limit, load)
                let adaptive = run(AdaptiveRateLimiter(), limit, load)
                for (label, outcome) in [("pacer", pacer), ("adaptive", adaptive)] {
                    print("pacing: \(limit.rawValue) | \(name) | \(label) | \(outcome.row)")
                }
                #expect(pacer.found == pacer.jobs && adaptive.found == adaptive.jobs)
                #expect(pacer.throttled * 2 < adaptive.throttled, "\(limit) with \(name)")
                #expect(pacer.sent <= adaptive.sent)
                if name == "none" { #expect(pacer.throttled == 0 && pacer.meanDelay < adaptive.meanDelay * 1.2) }
                #expect(pacer.meanDelay < adaptive.meanDelay * 6, "\(limit) with \(name)")
            }
        }
    }

    /// What two runs with different seeds brought together.
    private struct Outcome {
        var jobs = 0
        var found = 0
        var sent = 0
        var throttled = 0
        var delays = 0.0
        var worst = 0.0
        var meanDelay: Double { delays / Double(max(1, found)) }
        var row: String {
            String(
                format: "%d | %d (%.1f %%) | %.0f | %.0f",
                sent,
                throttled,
                100 * Double(throttled) / Double(max(1, sent)),
                meanDelay,
                worst
            )
        }
    }

    /// Sixty jobs end at random in 100 minutes and are asked about in turn until all are found.
    private func run(
        _ fresh: some RateLimiterUnderTest,
        _ limit: SharedService.Limit,
        _ load: @escaping (Double) -> Double
    ) -> Outcome {
        var outcome = Outcome()
        for seed in 1...2 {
            var random = SeededGenerator(seed: UInt64(seed))
            var service = SharedService(limit)
            var other = OtherCaller(load: load, using: &random)
            var limiter = fresh
            var ends = (0..<60).map { _ in Double.random(in: 0..<6000, using: &random) }
            outcome.jobs += ends.count
            var now = 0.0
            while !ends.isEmpty, now < 36_000 {
                now = limiter.nextSend(now: now) + Double.random(in: 0..<0.03, using: &random)
                other.play(until: now, at: &service, using: &random)
                limiter.take(now: now)
                outcome.sent += 1
                let answer = now + Double.random(in: 0.03..<0.08, using: &random)
                if service.serves(at: now) {
                    let end = ends.removeFirst()
                    if end <= now {
                        outcome.found += 1
                        outcome.delays += now - end
                        outcome.worst = max(outcome.worst, now - end)
                    } else {
                        ends.append(end)
                    }
                    limiter.answered(throttled: false, sentAt: now, now: answer)
                } else {
                    outcome.throttled += 1
                    limiter.answered(throttled: true, sentAt: now, now: answer)
                }
                now = answer
            }
        }
        return outcome
    }

    /// The comparison is worth what the other side is: the public vectors of the adaptive mode.
    @Test func theAdaptiveModeIsTheSDKs() throws {
        guard let bytes = try Conformance.read("retries/AdaptiveRetryIntegrationTestResources.json") else { return }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let vectors = try decoder.decode(AdaptiveVectors.self, from: Data(bytes))
        for vector in vectors.cases {
            var cubic = CubicRate(
                lastMaximum: vector.given?.lastMaxRate ?? 0,
                throttledAt: vector.given?.lastThrottleTime ?? 0
            )
            var limiter = AdaptiveRateLimiter()
            var rate = 0.0
            for step in vector.cases {
                let isThrottled = step.response == "throttle"
                if let expected = step.calculatedRate {
                    rate =
                        isThrottled
                        ? cubic.throttled(at: step.timestamp, sending: rate) : cubic.succeeded(at: step.timestamp)
                    #expect(abs(rate - expected) < 1e-6)
                }
                limiter.answered(throttled: isThrottled, now: step.timestamp)
                if let expected = step.measuredTxRate { #expect(abs(limiter.sending.measured - expected) < 1e-6) }
                if let expected = step.newTokenBucketRate { #expect(abs(limiter.fillRate - expected) < 1e-6) }
            }
        }
        #expect(vectors.cases.count == 3)
        Conformance.report("adaptive retries", ran: vectors.cases.count, of: 3, note: "of the comparison's other side")
    }
}

private struct AdaptiveVectors: Decodable {
    struct Given: Decodable {
        var lastMaxRate: Double
        var lastThrottleTime: Double
    }

    struct Step: Decodable {
        var response: String
        var timestamp: Double
        var calculatedRate: Double?
        var measuredTxRate: Double?
        var newTokenBucketRate: Double?
    }

    struct Vector: Decodable {
        var given: Given?
        var cases: [Step]
    }

    var cases: [Vector]
}

/// What the simulation asks of a limiter; times are seconds.
private protocol RateLimiterUnderTest {
    mutating func nextSend(now: Double) -> Double
    mutating func take(now: Double)
    mutating func answered(throttled: Bool, sentAt: Double, now: Double)
}

extension AdaptiveRateLimiter: RateLimiterUnderTest {
    fileprivate mutating func answered(throttled: Bool, sentAt: Double, now: Double) {
        answered(throttled: throttled, now: now)
    }
}

private struct PacerUnderTest: RateLimiterUnderTest {
    private var pacer = RequestPacer(rate: 1, now: MonotonicInstant(nanoseconds: 0))

    mutating func nextSend(now: Double) -> Double {
        Double(pacer.nextToken(now: instant(now)).nanoseconds) * 1e-9
    }

    mutating func take(now: Double) {
        let taken = pacer.take(now: instant(now))
        #expect(taken)
    }

    mutating func answered(throttled: Bool, sentAt: Double, now: Double) {
        if throttled {
            pacer.throttled(sentAt: instant(sentAt), retryAfter: nil, now: instant(now))
        } else {
            pacer.succeeded(now: instant(now))
        }
    }

    private func instant(_ seconds: Double) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64((seconds * 1e9).rounded(.up)))
    }
}
