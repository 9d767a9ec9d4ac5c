import TestSupport
import Testing

@testable import ImportWatch

/// An attempt that a crash cut off, as the state hands it back at the next start.
@Suite struct CutOffAttemptTests {
    @Test func itIsTriedAtOnceEvenWhereTheClockWentBackAndNoWaitGrowsForIt() {
        var generator = SeededGenerator(seed: 1)
        var clock = VirtualClock()
        var delivery = Delivery(event: .example("evt_1", at: clock.wall), target: .webhook("ops"))
        delivery.attempts = 1
        delivery.lastAttemptAt = clock.wall
        delivery.nextAttemptAt = clock.wall
        clock.setWall(by: .seconds(-600))
        var schedule = DeliverySchedule(
            target: .webhook("ops"),
            concurrency: 4,
            retries: .webhook(maxAge: .seconds(86_400))
        )
        schedule.add([delivery], now: clock.now, wall: clock.wall)
        #expect(schedule.dueAttempts(now: clock.now, wall: clock.wall).map(\.record.number) == [2])
        let problem = NotificationProblem(kind: "http_500", message: "HTTP 500")
        _ = schedule.finish(
            delivery.key,
            outcome: .retry(problem),
            now: clock.now,
            wall: clock.wall,
            using: &generator
        )
        let wait = schedule.nextAttempt(now: clock.now).map { clock.now.duration(to: $0) }
        #expect(wait.map { $0 >= .seconds(5) && $0 <= .seconds(5.5) } == true)
    }

    @Test func oneThatHasAResultWaitsForItsTime() {
        let clock = VirtualClock()
        var delivery = Delivery(event: .example("evt_1", at: clock.wall), target: .webhook("ops"))
        delivery.attempts = 1
        delivery.lastAttemptAt = clock.wall
        delivery.nextAttemptAt = clock.wall.advanced(by: .seconds(5))
        var schedule = DeliverySchedule(
            target: .webhook("ops"),
            concurrency: 4,
            retries: .webhook(maxAge: .seconds(86_400))
        )
        schedule.add([delivery], now: clock.now, wall: clock.wall)
        #expect(schedule.dueAttempts(now: clock.now, wall: clock.wall).isEmpty)
        #expect(schedule.nextAttempt(now: clock.now) == clock.now.advanced(by: .seconds(5)))
    }
}
