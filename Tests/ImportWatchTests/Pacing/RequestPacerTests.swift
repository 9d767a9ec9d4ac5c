import ImportWatch
import TestSupport
import Testing

@Suite struct RequestPacerTests {
    /// In every window of every one of thousands of random histories: at most rate × w + capacity requests.
    @Test func promiseHoldsInEveryWindow() {
        var generator = SeededGenerator(seed: 42)
        var checkedWindows = 0
        var broken: [String] = []
        for history in 0..<3000 {
            let rate: Double = [0.02, 0.3, 1, 2.5, 14, 100].randomElement(using: &generator) ?? 1
            var clock = VirtualClock()
            clock.advance(by: .milliseconds(Int64.random(in: 0...100_000, using: &generator)))
            var pacer = RequestPacer(rate: rate, now: clock.now)
            let taken = takes(of: &pacer, clock: &clock, rate: rate, using: &generator)
            for (first, start) in taken.enumerated() {
                for last in first..<taken.count {
                    let window = start.duration(to: taken[last]).seconds
                    let allowed = rate * window + max(1, rate)
                    if Double(last - first + 1) > allowed + 1e-6 { broken.append("history \(history), rate \(rate)") }
                    checkedWindows += 1
                }
            }
        }
        #expect(broken.isEmpty)
        #expect(checkedWindows > 100_000)
    }

    private func takes(
        of pacer: inout RequestPacer,
        clock: inout VirtualClock,
        rate: Double,
        using generator: inout SeededGenerator
    ) -> [MonotonicInstant] {
        var taken: [MonotonicInstant] = []
        for _ in 0..<60 {
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<4: clock.advance(to: pacer.nextToken(now: clock.now))
            case 4..<6:
                let most = Int64(3e9 / rate)
                clock.advance(by: .nanoseconds(Int64.random(in: 0...most, using: &generator)))
            case 6:
                let hint: Duration? = Bool.random(using: &generator) ? .milliseconds(700) : nil
                pacer.throttled(sentAt: clock.now, retryAfter: hint, now: clock.now)
            case 7: pacer.empty(now: clock.now)
            default: pacer.succeeded(now: clock.now)
            }
            while pacer.take(now: clock.now) { taken.append(clock.now) }
        }
        return taken
    }

    @Test func startsEmpty() {
        var pacer = RequestPacer(rate: 10, now: VirtualClock().now)
        let taken = pacer.take(now: VirtualClock().now)
        #expect(!taken)
    }

    @Test func nextTokenIsExactlyWhenTakeSucceeds() {
        var clock = VirtualClock()
        var pacer = RequestPacer(rate: 3, now: clock.now)
        for _ in 0..<100 {
            let next = pacer.nextToken(now: clock.now)
            if next > clock.now {
                let early = pacer.take(now: next.advanced(by: .nanoseconds(-2)))
                #expect(!early)
            }
            clock.advance(to: next)
            let taken = pacer.take(now: clock.now)
            #expect(taken)
        }
    }

    @Test func throttlesLowerThePaceToASixtyFourthAtMost() {
        var clock = VirtualClock()
        var pacer = RequestPacer(rate: 64, now: clock.now)
        var paces: [Double] = []
        for _ in 0..<20 {
            clock.advance(by: .seconds(1))
            pacer.throttled(sentAt: clock.now, retryAfter: nil, now: clock.now)
            paces.append(pacer.pace)
        }
        #expect(zip([64] + paces, paces).allSatisfy { $1 == max(1, $0 * 0.7) })
        #expect(paces.suffix(8).allSatisfy { $0 == 1 })
        #expect(pacer.isThrottled)
    }

    @Test func requestsUnderWayAtAThrottleLowerThePaceOnce() {
        var clock = VirtualClock()
        var pacer = RequestPacer(rate: 8, now: clock.now)
        let sent = clock.now
        clock.advance(by: .milliseconds(100))
        for _ in 0..<5 { pacer.throttled(sentAt: sent, retryAfter: nil, now: clock.now) }
        #expect(pacer.pace == 8 * 0.7)
    }

    @Test func successRaisesThePaceToTheRateAndNoFurther() {
        var clock = VirtualClock()
        var pacer = RequestPacer(rate: 2, now: clock.now)
        pacer.throttled(sentAt: clock.now, retryAfter: nil, now: clock.now)
        var successes = 0
        while pacer.isThrottled, successes < 1000 {
            clock.advance(by: .seconds(1))
            pacer.succeeded(now: clock.now)
            successes += 1
        }
        #expect(successes == 10)
        #expect(pacer.pace == 2)
    }

    @Test func successAfterALongWhileRaisesALowPaceByMuch() {
        var clock = VirtualClock()
        var pacer = RequestPacer(rate: 1, now: clock.now)
        for _ in 0..<20 {
            clock.advance(by: .seconds(1))
            pacer.throttled(sentAt: clock.now, retryAfter: nil, now: clock.now)
        }
        let lowest = pacer.pace
        clock.advance(by: .seconds(15))
        pacer.succeeded(now: clock.now)
        #expect(abs(pacer.pace - lowest - 0.25) < 1e-9)
        clock.advance(by: .seconds(60))
        pacer.succeeded(now: clock.now)
        #expect(!pacer.isThrottled)
    }

    @Test func hintsAreObeyedUpToAnHour() {
        let clock = VirtualClock()
        var pacer = RequestPacer(rate: 1000, now: clock.now)
        pacer.throttled(sentAt: clock.now, retryAfter: .seconds(7), now: clock.now)
        #expect(clock.now.duration(to: pacer.nextToken(now: clock.now)) == .seconds(7))
        pacer.throttled(sentAt: clock.now, retryAfter: .seconds(1_000_000), now: clock.now)
        #expect(clock.now.duration(to: pacer.nextToken(now: clock.now)) == .seconds(3600))
    }
}
