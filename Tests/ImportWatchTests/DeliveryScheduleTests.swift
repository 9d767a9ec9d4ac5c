import TestSupport
import Testing

@testable import ImportWatch

@Suite struct DeliveryScheduleTests {
    private func event(_ id: String, at time: WallTime) -> JobEvent {
        JobEvent(
            id: id,
            type: .completed,
            occurredAt: time,
            source: "default",
            region: "eu-west-1",
            job: ImportJob(id: "job", status: .completed),
            previousStatus: nil,
            requestID: nil
        )
    }

    private let target = DeliveryTarget.webhook("ops")
    private let failure = NotificationOutcome.retry(NotificationProblem(kind: "http_500", message: "HTTP 500"))

    private func schedule(_ clock: VirtualClock, events: Int, concurrency: Int = 4) -> DeliverySchedule {
        var schedule = DeliverySchedule(
            target: target,
            concurrency: concurrency,
            retries: .webhook(maxAge: .seconds(76 * 3600))
        )
        let deliveries = (0..<events).map { Delivery(event: event("evt_\($0)", at: clock.wall), target: target) }
        schedule.add(deliveries, now: clock.now, wall: clock.wall)
        return schedule
    }

    @Test func handsOutAtMostItsConcurrency() {
        let clock = VirtualClock()
        var schedule = schedule(clock, events: 10)
        do {
            let due = schedule.dueAttempts(now: clock.now, wall: clock.wall)
            #expect(due.count == 4)
        }
        do {
            let due = schedule.dueAttempts(now: clock.now, wall: clock.wall)
            #expect(due.isEmpty)
        }
        #expect(schedule.nextAttempt(now: clock.now) == nil)
        #expect(schedule.pendingCount == 10)
    }

    @Test func aDeliveredEventIsDone() {
        let clock = VirtualClock()
        var generator = SeededGenerator(seed: 1)
        var schedule = schedule(clock, events: 1)
        let attempt = schedule.dueAttempts(now: clock.now, wall: clock.wall)[0]
        #expect(attempt.record.number == 1)
        let actions = schedule.finish(
            attempt.record.key,
            outcome: .delivered(httpStatus: 204),
            now: clock.now,
            wall: clock.wall,
            using: &generator
        )
        #expect(
            actions == [
                .record(DeliveryResult(key: attempt.record.key, state: .delivered, at: clock.wall, httpStatus: 204))
            ]
        )
        #expect(schedule.pendingCount == 0)
    }

    /// One event at a receiver that always fails: attempts at the waits of the design, until a last one at max_age.
    @Test func retriesByTheScheduleUntilTheDeliveryIsDead() {
        var clock = VirtualClock()
        var generator = SeededGenerator(seed: 3)
        var schedule = schedule(clock, events: 1)
        var times: [Double] = []
        var last: [DeliverySchedule.Action] = []
        let start = clock.now
        for _ in 0..<100 {
            guard let next = schedule.nextAttempt(now: clock.now) else { break }
            clock.advance(to: next)
            for attempt in schedule.dueAttempts(now: clock.now, wall: clock.wall) {
                times.append(start.duration(to: clock.now).seconds)
                last = schedule.finish(
                    attempt.record.key,
                    outcome: failure,
                    now: clock.now,
                    wall: clock.wall,
                    using: &generator
                )
            }
        }
        let expected: [Double] = [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
        let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
        for (gap, wanted) in zip(gaps.dropLast(), expected) {
            #expect(gap >= wanted && gap <= max(wanted * 1.1, wanted + 300) + 1)
        }
        #expect(abs((times.last ?? 0) - 273_600) < 1)
        #expect(schedule.pendingCount == 0)
        guard case .record(let result) = last.first, case .report(let entry) = last.last else {
            Issue.record("no dead letter")
            return
        }
        #expect(result.state == .dead)
        #expect(entry.kind == .deadLetter && entry.priority == .critical)
    }

    @Test func aDeadReceiverIsProbedByOneAttemptAtATimeAndSaidOnce() {
        var clock = VirtualClock()
        var generator = SeededGenerator(seed: 4)
        var schedule = schedule(clock, events: 200)
        var attempts = 0
        var reports: [JournalEntry] = []
        while let next = schedule.nextAttempt(now: clock.now), next < MonotonicInstant(nanoseconds: 3_600_000_000_000) {
            clock.advance(to: next)
            for attempt in schedule.dueAttempts(now: clock.now, wall: clock.wall) {
                attempts += 1
                let actions = schedule.finish(
                    attempt.record.key,
                    outcome: failure,
                    now: clock.now,
                    wall: clock.wall,
                    using: &generator
                )
                for case .report(let entry) in actions { reports.append(entry) }
            }
        }
        #expect(attempts > 10 && attempts < 100)
        #expect(reports.map(\.kind) == [.webhookUnavailable])
        // It comes back: all others go out at once, for none of them waits in the retry schedule.
        var delivered = 0
        while let next = schedule.nextAttempt(now: clock.now), next < clock.now.advanced(by: .seconds(400)) {
            clock.advance(to: next)
            for attempt in schedule.dueAttempts(now: clock.now, wall: clock.wall) {
                delivered += 1
                _ = schedule.finish(
                    attempt.record.key,
                    outcome: .delivered(httpStatus: 200),
                    now: clock.now,
                    wall: clock.wall,
                    using: &generator
                )
            }
        }
        #expect(delivered >= 200 - attempts)
    }

    /// A replay of a dead delivery goes through the whole schedule again, at once and under the same number of attempts.
    @Test func aReplayIsDueAtOnceAndGetsTheWholeScheduleAnew() {
        var clock = VirtualClock()
        var generator = SeededGenerator(seed: 5)
        var schedule = schedule(clock, events: 1)
        let waiting = schedule.pendingDeliveries[0]
        // Ten failures bring it deep into the schedule.
        for _ in 0..<8 {
            guard let next = schedule.nextAttempt(now: clock.now) else { break }
            clock.advance(to: next)
            for attempt in schedule.dueAttempts(now: clock.now, wall: clock.wall) {
                _ = schedule.finish(
                    attempt.record.key,
                    outcome: failure,
                    now: clock.now,
                    wall: clock.wall,
                    using: &generator
                )
            }
        }
        clock.advance(by: .seconds(60))
        var replayed = schedule.pendingDeliveries[0]
        let attempts = replayed.attempts
        #expect(attempts == 8)
        replayed.replay = Delivery.Replay(at: clock.wall, attemptsBefore: attempts)
        replayed.nextAttemptAt = clock.wall
        schedule.replay([replayed], now: clock.now, wall: clock.wall)
        let again = schedule.dueAttempts(now: clock.now, wall: clock.wall)
        #expect(again.map(\.record.number) == [9])
        // While it is under way another replay changes nothing.
        schedule.replay([replayed], now: clock.now, wall: clock.wall)
        #expect(schedule.dueAttempts(now: clock.now, wall: clock.wall).isEmpty)
        let actions = schedule.finish(
            waiting.key,
            outcome: failure,
            now: clock.now,
            wall: clock.wall,
            using: &generator
        )
        guard case .record(let result) = actions.first(where: { if case .record = $0 { true } else { false } }),
            case .pending(let next) = result.state
        else {
            Issue.record("no result that is pending: \(actions)")
            return
        }
        #expect((5...5.5).contains(clock.wall.duration(to: next).seconds))
        #expect(schedule.pendingCount == 1)
    }

    @Test func aReplayedDeadLetterIsTakenOnAgain() {
        let clock = VirtualClock()
        var schedule = DeliverySchedule(
            target: .webhook("ops"),
            concurrency: 4,
            retries: .webhook(maxAge: .seconds(60))
        )
        var dead = Delivery(event: event("evt_1", at: clock.wall), target: .webhook("ops"))
        dead.attempts = 12
        schedule.replay([dead], now: clock.now, wall: clock.wall)
        #expect(schedule.dueAttempts(now: clock.now, wall: clock.wall).map(\.record.number) == [13])
        #expect(schedule.nextAttempt(now: clock.now) == nil)
    }

    @Test func a410EndsAttemptsUntilAReload() {
        var clock = VirtualClock()
        var generator = SeededGenerator(seed: 5)
        var schedule = schedule(clock, events: 3, concurrency: 1)
        let attempt = schedule.dueAttempts(now: clock.now, wall: clock.wall)[0]
        let gone = NotificationOutcome.gone(NotificationProblem(kind: "http_410", message: "gone", httpStatus: 410))
        _ = schedule.finish(attempt.record.key, outcome: gone, now: clock.now, wall: clock.wall, using: &generator)
        clock.advance(by: .seconds(86_400))
        do {
            let due = schedule.dueAttempts(now: clock.now, wall: clock.wall)
            #expect(due.isEmpty)
        }
        #expect(schedule.nextAttempt(now: clock.now) == nil)
        #expect(schedule.pendingCount == 3)
        schedule.configure(concurrency: 1, retries: .webhook(maxAge: .seconds(1_000_000)))
        do {
            let due = schedule.dueAttempts(now: clock.now, wall: clock.wall)
            #expect(due.count == 1)
        }
    }

    @Test func aHintLengthensTheWaitUpToADay() {
        var generator = SeededGenerator(seed: 6)
        let retries = RetrySchedule.webhook(maxAge: .seconds(1))
        let short = retries.delay(afterAttempts: 2, retryAfter: .seconds(1), using: &generator)
        #expect(short >= .seconds(300) && short <= .seconds(330))
        #expect(retries.delay(afterAttempts: 1, retryAfter: .seconds(60), using: &generator) == .seconds(60))
        #expect(retries.delay(afterAttempts: 1, retryAfter: .seconds(999_999), using: &generator) == .seconds(86_400))
    }

    @Test func anAttemptThatCouldNotBePutOnDiskDoesNotCount() {
        var clock = VirtualClock()
        var schedule = schedule(clock, events: 1)
        let attempt = schedule.dueAttempts(now: clock.now, wall: clock.wall)[0]
        schedule.withdraw(attempt, now: clock.now)
        clock.advance(by: .seconds(1))
        do {
            let due = schedule.dueAttempts(now: clock.now, wall: clock.wall)
            #expect(due.map(\.record.number) == [1])
        }
    }
}
