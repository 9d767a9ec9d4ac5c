import TestSupport
import Testing

@testable import ImportWatch

@Suite final class TargetHealthTests {
    private var clock = VirtualClock()
    private var generator = SeededGenerator(seed: 9)
    private var health = TargetHealth(target: .webhook("ops"))
    private let problem = NotificationProblem(kind: "http_500", message: "the receiver answered HTTP 500")
    private let other = NotificationProblem(kind: "timeout", message: "no answer")

    private func note(_ outcome: NotificationOutcome, isProbe: Bool = false) -> TargetHealth.Change? {
        clock.advance(by: .seconds(1))
        return health.note(outcome, isProbe: isProbe, now: clock.now, using: &generator)
    }

    @Test func theFirstFailureIsToldAndTheTenthTripsTheBreaker() {
        #expect(note(.retry(problem)) == .failing(problem, failures: 1))
        for _ in 2...9 {
            #expect(!health.isTripped)
            #expect(note(.retry(problem)) == nil)
        }
        #expect(!health.isTripped)
        #expect(note(.retry(problem)) == nil)
        #expect(health.isTripped && health.nextProbe > clock.now)
        #expect(note(.retry(other)) == .failing(other, failures: 11))
        #expect(note(.delivered(httpStatus: 204)) == .recovered(after: .seconds(11), failures: 11))
        #expect(!health.isTripped)
    }

    @Test func failuresOfAttemptsThatWereUnderWayDoNotPutOffTheProbe() {
        for _ in 0..<10 { _ = note(.retry(problem)) }
        let probe = health.nextProbe
        for _ in 0..<54 { _ = note(.retry(problem)) }
        #expect(health.nextProbe == probe)
        _ = note(.retry(problem), isProbe: true)
        #expect(health.nextProbe > clock.now)
    }

    @Test func aHintPutsTheProbeOffByAnHourAtMost() {
        var busy = NotificationProblem(kind: "http_429", message: "HTTP 429", httpStatus: 429)
        busy.retryAfter = .seconds(600)
        for _ in 0..<10 { _ = note(.retry(busy)) }
        #expect(clock.now.duration(to: health.nextProbe) == .seconds(600))
        busy.retryAfter = .seconds(86_400)
        _ = note(.retry(busy), isProbe: true)
        #expect(clock.now.duration(to: health.nextProbe) == .seconds(3600))
    }

    @Test func aReceiverThatFailsNowAndThenIsToldOnce() {
        var told = 0
        for number in 0..<600 {
            if note(number % 3 == 0 ? .retry(problem) : .delivered(httpStatus: 204)) != nil { told += 1 }
            #expect(!health.isTripped)
        }
        #expect(told == 2)
        clock.advance(by: .seconds(700))
        #expect(note(.delivered(httpStatus: 204)) == nil)
        #expect(note(.retry(problem)) == .failing(problem, failures: 1))
    }

    @Test func aReplayProbesAtOnce() {
        for _ in 0..<10 { _ = note(.retry(problem)) }
        #expect(health.nextProbe > clock.now)
        health.probe(at: clock.now)
        #expect(health.nextProbe <= clock.now)
        _ = note(.gone(problem))
        #expect(health.isGone)
        health.probe(at: clock.now)
        #expect(!health.isGone)
    }
}
