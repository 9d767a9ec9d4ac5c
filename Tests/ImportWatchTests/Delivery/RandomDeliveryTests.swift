import TestSupport
import Testing

@testable import ImportWatch

/// Random histories of one target: whatever happens, every delivery comes to its end and nothing spins.
@Suite struct RandomDeliveryTests {
    @Test func everyDeliveryEndsWhateverHappens() {
        var (delivered, dead, withdrawn, gone) = (0, 0, 0, 0)
        for seed in UInt64(0)..<300 {
            var generator = SeededGenerator(seed: seed)
            var clock = VirtualClock()
            let target: DeliveryTarget = seed.isMultiple(of: 4) ? .journal : .webhook("ops")
            let concurrency = Int.random(in: 1...20, using: &generator)
            let retries = target == .journal ? RetrySchedule.journal : .webhook(maxAge: .seconds(7200))
            var schedule = DeliverySchedule(target: target, concurrency: concurrency, retries: retries)
            var underWay: [DeliverySchedule.Attempt] = []
            var ended: Set<Delivery.Key> = []
            let count = Int.random(in: 1...60, using: &generator)
            let all = (0..<count).map { Delivery(event: .example("evt_\($0)", at: clock.wall), target: target) }
            schedule.add(all, now: clock.now, wall: clock.wall)
            var badness = Double.random(in: 0...1, using: &generator)
            var steps = 0
            while schedule.pendingCount > 0, steps < 60_000 {
                steps += 1
                // After a while the receiver is well: then all that is left has to end.
                if steps == 2000 { badness = 0 }
                if Int.random(in: 0..<200, using: &generator) == 0 {
                    schedule.configure(concurrency: concurrency, retries: retries)
                }
                if steps < 2000, Int.random(in: 0..<200, using: &generator) == 0 {
                    let waiting = schedule.pendingDeliveries.prefix(3).map { waiting in
                        var waiting = waiting
                        waiting.replay = Delivery.Replay(at: clock.wall, attemptsBefore: waiting.attempts)
                        return waiting
                    }
                    schedule.replay(waiting, now: clock.now, wall: clock.wall)
                }
                if schedule.health.isGone, underWay.isEmpty {
                    gone += 1
                    #expect(schedule.nextAttempt(now: clock.now) == nil)
                    schedule.configure(concurrency: concurrency, retries: retries)
                }
                let next = schedule.nextAttempt(now: clock.now)
                if let next, underWay.isEmpty || Bool.random(using: &generator) {
                    clock.advance(to: next)
                    let begun = schedule.dueAttempts(now: clock.now, wall: clock.wall)
                    underWay += begun
                    #expect(schedule.inFlight <= concurrency && schedule.inFlight == underWay.count)
                    let after = schedule.nextAttempt(now: clock.now)
                    #expect(after.map { $0 > clock.now } ?? true, "seed \(seed): nothing is left that is due now")
                    continue
                }
                guard !underWay.isEmpty else {
                    Issue.record("seed \(seed): \(schedule.pendingCount) deliveries are forgotten")
                    break
                }
                let attempt = underWay.remove(at: Int.random(in: underWay.indices, using: &generator))
                clock.advance(by: .milliseconds(Int.random(in: 1...15_000, using: &generator)))
                let chance = Double.random(in: 0..<1, using: &generator)
                if steps < 2000, chance < 0.03 {
                    withdrawn += 1
                    schedule.withdraw(attempt, now: clock.now)
                    continue
                }
                var problem = NotificationProblem(kind: "http_500", message: "HTTP 500")
                if chance < 0.1 { problem.retryAfter = .seconds(60) }
                let isBad = Double.random(in: 0..<1, using: &generator) < badness
                let outcome: NotificationOutcome =
                    !isBad ? .delivered(httpStatus: 204) : chance > 0.98 ? .gone(problem) : .retry(problem)
                let actions = schedule.finish(
                    attempt.record.key,
                    outcome: outcome,
                    now: clock.now,
                    wall: clock.wall,
                    using: &generator
                )
                for case .record(let result) in actions {
                    switch result.state {
                    case .pending: continue
                    case .delivered: delivered += 1
                    case .dead: dead += 1
                    }
                    #expect(ended.insert(result.key).inserted)
                }
                for waiting in schedule.pendingDeliveries.prefix(3) where !schedule.health.isGone {
                    let expected = schedule.expectedAttempt(of: waiting, now: clock.now, wall: clock.wall)
                    #expect(expected.map { $0 >= clock.wall } == true)
                }
            }
            #expect(ended.count == count, "seed \(seed)")
        }
        #expect(delivered > 0 && dead > 0 && withdrawn > 0 && gone > 0)
    }
}
