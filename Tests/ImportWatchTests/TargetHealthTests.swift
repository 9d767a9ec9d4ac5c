import TestSupport
import Testing

@testable import ImportWatch

@Suite final class TargetHealthTests {
    private var clock = VirtualClock()
    private var generator = SeededGenerator(seed: 9)
    private var health = TargetHealth()
    private let problem = NotificationProblem(kind: "http_500", message: "the receiver answered HTTP 500")
    private let other = NotificationProblem(kind: "timeout", message: "no answer")

    private func note(_ outcome: NotificationOutcome) -> TargetHealth.Change? {
        clock.advance(by: .seconds(1))
        return health.note(outcome, now: clock.now, using: &generator)
    }

    @Test func theFirstFailureIsToldAndTheThirdTripsTheBreaker() {
        #expect(note(.retry(problem)) == .failing(problem, failures: 1))
        #expect(!health.isTripped)
        #expect(note(.retry(problem)) == nil)
        #expect(!health.isTripped)
        #expect(note(.retry(problem)) == nil)
        #expect(health.isTripped && health.nextProbe > clock.now)
        #expect(note(.retry(other)) == .failing(other, failures: 4))
        #expect(note(.delivered(httpStatus: 204)) == .recovered(after: .seconds(4), failures: 4))
        #expect(!health.isTripped)
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
        for _ in 0..<5 { _ = note(.retry(problem)) }
        #expect(health.nextProbe > clock.now)
        health.probe(at: clock.now)
        #expect(health.nextProbe <= clock.now)
        _ = note(.gone(problem))
        #expect(health.isGone)
        health.probe(at: clock.now)
        #expect(!health.isGone)
    }
}
