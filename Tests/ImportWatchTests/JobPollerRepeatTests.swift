import ImportWatch
import TestSupport
import Testing

@Suite struct JobPollerRepeatTests {
    @Test func aPollTakenBackIsDueAtOnceAndTakesATokenAgain() {
        var clock = VirtualClock()
        var generator = SeededGenerator(seed: 1)
        var settings = PollingSettings()
        settings.requestsPerSecond = 1
        var poller = JobPoller(source: "s", region: "r", settings: settings, now: clock.now)
        _ = poller.setJobs(["a"], records: { _ in nil }, now: clock.now, wall: clock.wall, using: &generator)
        clock.advance(by: settings.maxDelay)
        let first = poller.duePolls(now: clock.now)
        #expect(first.map(\.jobID) == ["a"])
        for ticket in first { poller.takeBack(ticket, now: clock.now) }
        #expect(poller.inFlight == 0)
        #expect(poller.health.isHealthy)
        #expect(poller.duePolls(now: clock.now).isEmpty, "the token is spent")
        clock.advance(by: .seconds(1))
        #expect(poller.duePolls(now: clock.now).map(\.jobID) == ["a"])
    }

    @Test func aPollOfAJobThatLeftIsForgotten() {
        var clock = VirtualClock()
        var generator = SeededGenerator(seed: 1)
        var poller = JobPoller(source: "s", region: "r", settings: PollingSettings(), now: clock.now)
        _ = poller.setJobs(["a"], records: { _ in nil }, now: clock.now, wall: clock.wall, using: &generator)
        clock.advance(by: .seconds(600))
        let tickets = poller.duePolls(now: clock.now)
        _ = poller.setJobs([], records: { _ in nil }, now: clock.now, wall: clock.wall, using: &generator)
        for ticket in tickets { poller.takeBack(ticket, now: clock.now) }
        #expect(poller.inFlight == 0)
        #expect(poller.nextPoll(now: clock.now) == nil)
    }
}
