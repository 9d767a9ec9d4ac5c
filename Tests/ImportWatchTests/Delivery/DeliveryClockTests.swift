import TestSupport
import Testing

@testable import ImportWatch

/// A step of the wall clock neither gives a delivery up nor keeps one alive.
@Suite struct DeliveryClockTests {
    private func event(_ wall: WallTime) -> JobEvent {
        JobEvent(
            id: "evt_1",
            type: .failed,
            occurredAt: wall,
            source: "s",
            region: "eu-west-1",
            job: ImportJob(id: "a", status: .failed),
            previousStatus: nil,
            requestID: nil
        )
    }

    private func given(up step: Duration, firstAge: Duration = .zero) -> Duration? {
        var (clock, random) = (VirtualClock(), SeededGenerator(seed: 3))
        let target = DeliveryTarget.webhook("w")
        var schedule = DeliverySchedule(target: target, concurrency: 1, retries: .webhook(maxAge: .seconds(76 * 3600)))
        let occurred = clock.wall.advanced(by: .zero - firstAge)
        schedule.add([Delivery(event: event(occurred), target: target)], now: clock.now, wall: clock.wall)
        let start = clock.now
        var attempts = 0
        while start.duration(to: clock.now) < .seconds(30 * 86_400) {
            for attempt in schedule.dueAttempts(now: clock.now, wall: clock.wall) {
                attempts += 1
                if attempts == 1 { clock.setWall(by: step) }
                let actions = schedule.finish(
                    attempt.record.key,
                    outcome: .retry(NotificationProblem(kind: "http_500", message: "no")),
                    now: clock.now,
                    wall: clock.wall,
                    using: &random
                )
                for case .record(let result) in actions where result.state == .dead {
                    return start.duration(to: clock.now)
                }
            }
            guard let next = schedule.nextAttempt(now: clock.now) else { return nil }
            clock.advance(to: next)
        }
        return nil
    }

    @Test(arguments: [0, 1200, 90_000, 288_000, -288_000, -10_000_000_000] as [Int64])
    func aDeliveryIsGivenUpAfterTheTimeThatReallyPassed(step: Int64) throws {
        let passed = try #require(given(up: .seconds(step)))
        #expect(passed >= .seconds(76 * 3600) && passed < .seconds(76 * 3600 + 60), "\(step) s: \(passed)")
    }

    /// What lies before a start is known from the wall clock alone.
    @Test func theTimeBeforeAStartCounts() throws {
        let passed = try #require(given(up: .seconds(288_000), firstAge: .seconds(70 * 3600)))
        #expect(passed >= .seconds(6 * 3600) && passed < .seconds(6 * 3600 + 60))
    }
}
