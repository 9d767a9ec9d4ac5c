import TestSupport
import Testing

@testable import ImportWatch

@Suite struct PollScheduleTests {
    /// Does the same as a plain dictionary of deadlines under thousands of random operations.
    @Test func agreesWithAModel() {
        var generator = SeededGenerator(seed: 7)
        var schedule = PollSchedule()
        var model: [Int: MonotonicInstant] = [:]
        var broken: [Int] = []
        for step in 0..<20_000 {
            let slot = Int.random(in: 0..<50, using: &generator)
            let time = MonotonicInstant(nanoseconds: Int64.random(in: 0..<1000, using: &generator))
            switch Int.random(in: 0..<4, using: &generator) {
            case 0, 1:
                schedule.set(slot, due: time)
                model[slot] = time
            case 2:
                schedule.remove(slot)
                model[slot] = nil
            default:
                let popped = schedule.popDue(now: time)
                let earliest = model.values.min()
                let wanted = earliest.flatMap { $0 <= time ? $0 : nil }
                if popped.flatMap({ model[$0] }) != wanted { broken.append(step) }
                if let popped { model[popped] = nil }
            }
            if schedule.count != model.count || schedule.next() != model.values.min() { broken.append(step) }
        }
        #expect(broken.isEmpty)
    }

    @Test func reschedulingOneSlotForEverKeepsTheHeapSmall() {
        var schedule = PollSchedule()
        for time in 0..<100_000 { schedule.set(0, due: MonotonicInstant(nanoseconds: Int64(time))) }
        #expect(schedule.count == 1)
        #expect(schedule.entryCount < 200)
        let popped = schedule.popDue(now: MonotonicInstant(nanoseconds: 99_999))
        #expect(popped == 0)
        #expect(schedule.count == 0)
    }
}
