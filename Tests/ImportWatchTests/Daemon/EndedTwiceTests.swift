import TestSupport
import Testing

@testable import ImportWatch

/// What only a programming error can bring about ends the process, before it harms what is remembered.
@Suite struct EndedTwiceTests {
    @Test func aPollThatEndsTwice() async {
        await #expect(processExitsWith: .failure) {
            var (clock, random) = (VirtualClock(), SeededGenerator(seed: 1))
            var poller = JobPoller(source: "s", region: "r", settings: PollingSettings(), now: clock.now)
            _ = poller.setJobs(["a"], records: { _ in nil }, now: clock.now, wall: clock.wall, using: &random)
            clock.advance(by: .seconds(600))
            let tickets = poller.duePolls(now: clock.now)
            for ticket in tickets + tickets { poller.takeBack(ticket, now: clock.now) }
        }
    }

    @Test func anAttemptThatEndsTwice() async {
        await #expect(processExitsWith: .failure) {
            var (schedule, random) = (DeliverySchedule(target: .journal), SeededGenerator(seed: 1))
            let clock = VirtualClock()
            let delivery = Delivery(event: .example("evt_1", at: clock.wall), target: .journal)
            schedule.add([delivery], now: clock.now, wall: clock.wall)
            _ = schedule.dueAttempts(now: clock.now, wall: clock.wall)
            for _ in 0..<2 {
                let success = NotificationOutcome.delivered(httpStatus: nil)
                _ = schedule.finish(
                    delivery.key,
                    outcome: success,
                    now: clock.now,
                    wall: clock.wall,
                    using: &random
                )
            }
        }
    }

    @Test func aCommitThatEndsTwice() async {
        await #expect(processExitsWith: .failure) {
            var schedule = CommitSchedule()
            let now = MonotonicInstant(nanoseconds: 0)
            _ = schedule.begin(isPruningDue: true, now: now)
            for _ in 0..<2 { _ = schedule.succeeded(now: now) }
        }
    }
}
