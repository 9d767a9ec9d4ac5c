import TestSupport
import Testing

@testable import ImportWatch

@Suite struct CommitScheduleTests {
    private static let damage = StateStoreError(.damaged, "s: test")
    private static let full = StateStoreError(.full, "s: full")

    private func record(_ id: Int, _ processed: Int) -> JobRecord {
        let key = JobKey(region: "eu-west-1", id: "job-\(id)")
        var record = JobRecord(key: key, source: "s", firstSeenAt: WallTime(millisecondsSinceEpoch: 1))
        record.processedRecords = Int64(processed)
        return record
    }

    @Test func sixHoursOnAFullDiskKeepOneRecordAJobAndOneResultADelivery() throws {
        var (clock, schedule, random) = (VirtualClock(), CommitSchedule(), SeededGenerator(seed: 1))
        let start = clock.now
        var commits = 0
        var count = 0
        while start.duration(to: clock.now) < .seconds(6 * 3600) {
            for id in 0..<10 {
                count += 1
                schedule.add { $0.note(record(id, count)) }
            }
            let key = Delivery.Key(eventID: "evt_\(count % 7)", target: .webhook("a"))
            schedule.add {
                $0.note(DeliveryAttempt(key: key, number: count, at: clock.wall))
                $0.note(DeliveryResult(key: key, state: .pending(nextAttemptAt: clock.wall), at: clock.wall))
            }
            if schedule.begin(isPruningDue: false, now: clock.now) != nil {
                commits += 1
                _ = schedule.failed(Self.full, now: clock.now, using: &random)
            }
            clock.advance(by: .seconds(1))
        }
        clock.advance(by: .seconds(60))
        let next = schedule.begin(isPruningDue: false, now: clock.now)
        let batch = try #require(next)
        #expect(count == 216_000)
        #expect(batch.jobs.count == 10 && batch.results.count == 7)
        #expect(batch.jobs.map { $0.processedRecords ?? 0 }.min().map { $0 > count - 10 } == true)
        #expect((6 * 3600 / 30...6 * 3600 / 10).contains(commits))
    }

    @Test func aStateThatIsDamagedAgainAndAgainIsReplacedMoreAndMoreSeldom() {
        var (clock, schedule, random) = (VirtualClock(), CommitSchedule(), SeededGenerator(seed: 2))
        let start = clock.now
        var replacements: [Double] = []
        var entries = 0
        while start.duration(to: clock.now) < .seconds(86_400) {
            schedule.add { $0.note(record(1, 1)) }
            if schedule.begin(isPruningDue: false, now: clock.now) != nil {
                switch schedule.failed(Self.damage, now: clock.now, using: &random) {
                case .replace:
                    replacements.append(start.duration(to: clock.now).seconds)
                    _ = schedule.replaced(with: StateBatch())
                case .triedAgain(let entry): entries += entry == nil ? 0 : 1
                }
            }
            clock.advance(by: .seconds(1))
        }
        #expect(replacements.first == 0)
        #expect((10...200).contains(replacements.count), "\(replacements.count)")
        #expect(entries == 1)
        #expect(schedule.problem == Self.damage)
    }

    @Test func aNewStateGetsAllThatIsRememberedAndWhatWaitedAtOnce() throws {
        var (clock, schedule, random) = (VirtualClock(), CommitSchedule(), SeededGenerator(seed: 3))
        let key = Delivery.Key(eventID: "evt_1", target: .webhook("a"))
        schedule.add { $0.note(DeliveryAttempt(key: key, number: 3, at: clock.wall)) }
        schedule.add { $0.note(record(1, 5)) }
        #expect(schedule.begin(isPruningDue: false, now: clock.now) != nil)
        schedule.add { $0.note(record(2, 6)) }
        let everything = StateBatch(jobs: [record(1, 5), record(3, 7)])
        guard case .replace = schedule.failed(Self.damage, now: clock.now, using: &random) else {
            Issue.record("the damaged state is kept")
            return
        }
        #expect(schedule.begin(isPruningDue: true, now: clock.now) == nil, "there is no state now")
        #expect(schedule.replaced(with: everything) == Self.damage)
        let next = schedule.begin(isPruningDue: false, now: clock.now)
        let batch = try #require(next)
        #expect(Set(batch.jobs.map(\.key.id)) == ["job-1", "job-2", "job-3"])
        #expect(batch.attempts.isEmpty)
    }

    @Test func theLastCommitAtAStopWaitsForNothingAndIsTriedOnce() {
        var (clock, schedule, random) = (VirtualClock(), CommitSchedule(), SeededGenerator(seed: 4))
        schedule.add { $0.note(record(1, 1)) }
        #expect(schedule.begin(isPruningDue: false, now: clock.now) != nil)
        _ = schedule.failed(Self.full, now: clock.now, using: &random)
        #expect(schedule.begin(isPruningDue: false, now: clock.now) == nil)
        schedule.stop()
        #expect(schedule.hasWork)
        #expect(schedule.begin(isPruningDue: false, now: clock.now) != nil)
        _ = schedule.failed(Self.full, now: clock.now, using: &random)
        #expect(schedule.begin(isPruningDue: false, now: clock.now) == nil)
        #expect(!schedule.hasWork)
        clock.advance(by: .seconds(60))
        #expect(schedule.begin(isPruningDue: true, now: clock.now) == nil)
    }

    @Test func aDamagedStateThatCannotBePutAsideIsTriedAgainAndSaidOnce() {
        var (clock, schedule, random) = (VirtualClock(), CommitSchedule(), SeededGenerator(seed: 5))
        schedule.add { $0.note(record(1, 1)) }
        #expect(schedule.begin(isPruningDue: false, now: clock.now) != nil)
        _ = schedule.failed(Self.damage, now: clock.now, using: &random)
        #expect(schedule.hasWork)
        #expect(schedule.notReplaced(now: clock.now, using: &random)?.kind == .stateUnavailable)
        #expect(schedule.begin(isPruningDue: false, now: clock.now) == nil)
        clock.advance(by: .seconds(5))
        #expect(schedule.begin(isPruningDue: false, now: clock.now)?.jobs.count == 1)
        #expect(schedule.succeeded(now: clock.now)?.kind == .stateAvailable)
        #expect(!schedule.hasWork)
    }

    @Test func aCommitThatHangsIsSaidOnceAndSoIsItsEnd() throws {
        var (clock, schedule) = (VirtualClock(), CommitSchedule())
        let never = MonotonicInstant(nanoseconds: .max)
        schedule.add { $0.note(record(1, 1)) }
        #expect(schedule.begin(isPruningDue: false, now: clock.now) != nil)
        #expect(schedule.noteSlowness(now: clock.now) == nil && schedule.problem == nil)
        clock.advance(to: try #require(schedule.next(pruning: never)))
        #expect(schedule.noteSlowness(now: clock.now)?.kind == .stateUnavailable)
        #expect(schedule.problem == .slow(CommitSchedule.patience))
        #expect(schedule.noteSlowness(now: clock.now) == nil)
        #expect(schedule.next(pruning: never) == nil)
        #expect(schedule.succeeded(now: clock.now)?.kind == .stateAvailable)
        #expect(schedule.problem == nil)
    }

    /// Whoever comes when told to makes progress each time: the loop neither spins nor sleeps past what is due.
    @Test func randomHistoriesNeitherSpinNorStall() {
        for seed in 0..<300 {
            var (clock, schedule) = (VirtualClock(), CommitSchedule())
            var random = SeededGenerator(seed: UInt64(seed))
            var pruning = clock.now
            var idle = 0
            for _ in 0..<200 {
                if Bool.random(using: &random) { schedule.add { $0.note(record(1, 1)) } }
                var isBegun = schedule.begin(isPruningDue: clock.now >= pruning, now: clock.now) != nil
                if isBegun, clock.now >= pruning { pruning = clock.now.advanced(by: .seconds(3600)) }
                idle = isBegun ? 0 : idle + 1
                #expect(idle < 4, "history \(seed)")
                if isBegun, Bool.random(using: &random) {
                    _ = schedule.failed(Self.full, now: clock.now, using: &random)
                    isBegun = false
                } else if isBegun {
                    _ = schedule.succeeded(now: clock.now)
                }
                guard let next = schedule.next(pruning: pruning) else { continue }
                clock.advance(to: next)
                clock.advance(by: .milliseconds(1))
            }
        }
    }
}
