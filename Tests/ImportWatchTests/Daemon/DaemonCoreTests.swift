import TestSupport
import Testing

@testable import ImportWatch

/// The core's promises one by one; what they come to together, the histories show.
@Suite struct DaemonCoreTests {
    private static let ops = DeliveryTarget.webhook("ops")
    private static let full = StateStoreError(.full, "s")

    /// A core that a test drives by hand.
    private struct Bench {
        var clock = VirtualClock()
        var random = SeededGenerator(seed: 1)
        var core: DaemonCore

        init(targets: Set<DeliveryTarget> = [DaemonCoreTests.ops]) {
            core = DaemonCore(now: clock.now, wall: clock.wall, slept: .seconds(5))
            configure(targets)
        }

        mutating func configure(_ targets: Set<DeliveryTarget>) {
            let settings = TargetSettings(concurrency: 4, retries: .webhook(maxAge: .seconds(86_400)))
            core.configure(
                targets: Dictionary(uniqueKeysWithValues: targets.map { ($0, settings) }),
                keep: .seconds(86_400),
                writesMetrics: false
            )
        }

        /// Has the state read, and the pruning done that every start begins with.
        mutating func run(_ pending: [Delivery] = []) {
            _ = core.loaded(StoredState(pendingDeliveries: pending), now: clock.now, wall: clock.wall)
            if let batch = turn().batch { _ = commit(batch) }
        }

        mutating func turn(nextPoll: MonotonicInstant? = nil, unsaved: [JobRecord] = []) -> [DaemonCore.Action] {
            core.turn(
                nextPoll: nextPoll,
                unsaved: unsaved.isEmpty ? nil : { unsaved },
                listed: { [] },
                now: clock.now,
                wall: clock.wall
            )
        }

        /// What the next turn commits.
        mutating func batch() throws -> StateBatch {
            let batch = turn().batch
            return try #require(batch)
        }

        mutating func commit(_ batch: StateBatch) -> [DaemonCore.Action] {
            let pending = batch.events.flatMap { new in new.targets.map { Delivery(event: new.event, target: $0) } }
            return core.committed(batch, pending: pending, now: clock.now, wall: clock.wall)
        }

        mutating func fail(_ batch: StateBatch, _ error: StateStoreError) -> [DaemonCore.Action] {
            core.commitFailed(batch, error, now: clock.now, using: &random)
        }

        mutating func finish(_ delivery: Delivery, _ outcome: NotificationOutcome) -> [DaemonCore.Action] {
            core.finished(delivery.key, outcome, now: clock.now, wall: clock.wall, using: &random)
        }

        /// Tells an event, and brings its delivery to where it is sent.
        mutating func send() throws -> Delivery {
            _ = core.take([.tell(.example("evt_1", at: clock.wall))])
            _ = commit(try batch())
            let sent = commit(try batch()).sent
            return try #require(sent.first)
        }
    }

    private func record(_ id: String) -> JobRecord {
        let time = WallTime(millisecondsSinceEpoch: 0)
        return JobRecord(key: JobKey(region: "eu-west-1", id: id), source: "s", firstSeenAt: time)
    }

    // MARK: Commits

    @Test func nothingIsSentBeforeTheEventAndTheAttemptAreOnDisk() throws {
        var bench = Bench()
        bench.run()
        let told = bench.core.take([.save(record("a")), .tell(.example("evt_1", at: bench.clock.wall))])
        #expect(told.asksForTurn && told.sent.isEmpty)
        let event = try bench.batch()
        #expect(event.events.count == 1 && event.jobs.count == 1 && event.attempts.isEmpty)
        let onDisk = bench.commit(event)
        #expect(onDisk.asksForTurn && onDisk.sent.isEmpty)
        let attempt = try bench.batch()
        #expect(attempt.attempts.map(\.number) == [1])
        #expect(bench.commit(attempt).sent.map(\.key) == [attempt.attempts[0].key])
    }

    /// One commit at a time; what comes meanwhile goes with the next.
    @Test func whatComesDuringACommitGoesWithTheNext() throws {
        var bench = Bench()
        bench.run()
        _ = bench.core.take([.save(record("a"))])
        let first = try bench.batch()
        _ = bench.core.take([.save(record("b"))])
        _ = bench.core.take([.save(record("c"))])
        #expect(bench.turn().batch == nil)
        _ = bench.commit(first)
        #expect(Set(bench.turn().batch?.jobs.map(\.key.id) ?? []) == ["b", "c"])
    }

    @Test func anAttemptThatCouldNotBeWrittenIsNotMadeAndIsMadeLaterUnderTheSameNumber() throws {
        var bench = Bench()
        let delivery = Delivery(event: .example("evt_1", at: bench.clock.wall), target: Self.ops)
        _ = bench.core.loaded(StoredState(pendingDeliveries: [delivery]), now: bench.clock.now, wall: bench.clock.wall)
        let first = try bench.batch()
        #expect(first.attempts.count == 1)
        let failed = bench.fail(first, Self.full)
        #expect(failed.sent.isEmpty && failed.entries == [.stateUnavailable])
        #expect(bench.turn().batch == nil, "it waits")
        bench.clock.advance(by: .seconds(30))
        let second = try bench.batch()
        #expect(second.attempts.map(\.number) == [1])
        let written = bench.commit(second)
        #expect(written.sent.map(\.attempts) == [1] && written.entries == [.stateAvailable])
    }

    /// The state has the event; the daemon does not know, and tells it once more.
    @Test func aCommitWhoseAnswerIsLostIsRepeatedAndItsDeliveryMadeOnce() throws {
        var bench = Bench()
        bench.run()
        _ = bench.core.take([.tell(.example("evt_1", at: bench.clock.wall))])
        let first = try bench.batch()
        _ = bench.fail(first, Self.full)
        bench.clock.advance(by: .seconds(30))
        let second = try bench.batch()
        #expect(second.events.map(\.event.id) == ["evt_1"])
        _ = bench.commit(second)
        let attempt = try bench.batch()
        let sent = bench.commit(attempt).sent
        #expect(sent.count == 1)
        // Told again, and the state still has it pending, for the result comes while that is written.
        _ = bench.core.take([.tell(.example("evt_1", at: bench.clock.wall))])
        let again = try bench.batch()
        _ = bench.finish(sent[0], .delivered(httpStatus: 204))
        _ = bench.commit(again)
        let result = try bench.batch()
        #expect(result.attempts.isEmpty && result.results.count == 1)
    }

    @Test func aNewStateIsGivenAllThatIsRemembered() throws {
        var bench = Bench()
        bench.run()
        let delivery = try bench.send()
        _ = bench.core.take([.save(record("a"))])
        let batch = try bench.batch()
        let damage = StateStoreError(.damaged, "s")
        guard case .replaceState? = bench.fail(batch, damage).last else {
            Issue.record("the damaged state is kept")
            return
        }
        #expect(bench.turn().batch == nil, "there is no state now")
        let begun = bench.core.newStateBegun(setAside: "s.old", jobs: [record("b")], now: bench.clock.now)
        #expect(begun.entries == [.stateSetAside] && begun.asksForTurn)
        let everything = try bench.batch()
        #expect(Set(everything.jobs.map(\.key.id)) == ["a", "b"])
        #expect(everything.restored.map(\.key) == [delivery.key])
    }

    // MARK: Deadlines

    @Test func theNextTurnIsWhenSomethingIsDue() throws {
        var bench = Bench()
        bench.run()
        let poll = bench.clock.now.advanced(by: .seconds(3))
        #expect(bench.turn(nextPoll: poll).wake == poll)
        _ = bench.core.statusToShow("a", now: bench.clock.now)
        #expect(bench.turn().wake == bench.clock.now.advanced(by: .seconds(5)), "when the status line may change")
        bench.clock.advance(by: .seconds(20))
        #expect(bench.turn().wake == bench.clock.now.advanced(by: .seconds(3580)), "the hourly pruning")
    }

    @Test func aFailedDeliveryBringsATurnAboutWhenItIsDueAgain() throws {
        var bench = Bench()
        bench.run()
        let delivery = try bench.send()
        _ = bench.finish(delivery, .retry(NotificationProblem(kind: "http_500", message: "no")))
        _ = bench.commit(try bench.batch())
        let waits = bench.turn().wake.map { bench.clock.now.duration(to: $0).seconds }
        #expect(waits.map { (5...5.5).contains($0) } == true)
    }

    /// Counters are worth no transaction of their own, but for one a minute.
    @Test func countersGoWithTheNextCommitOrAfterAMinute() throws {
        var bench = Bench()
        bench.run()
        bench.clock.advance(by: .seconds(10))
        let alone = bench.turn(unsaved: [record("a")])
        #expect(alone.batch == nil)
        #expect(alone.wake == MonotonicInstant(nanoseconds: 60_000_000_000))
        _ = bench.core.take([.save(record("b"))])
        let together = try #require(bench.turn(unsaved: [record("a")]).batch)
        #expect(together.jobs.count == 2)
        _ = bench.commit(together)
        bench.clock.advance(by: .seconds(59))
        #expect(bench.turn(unsaved: [record("a")]).batch == nil)
        bench.clock.advance(by: .seconds(1))
        #expect(bench.turn(unsaved: [record("a")]).batch?.jobs.count == 1)
    }

    @Test func onlyARealSleepEmptiesTheBudgets() {
        var bench = Bench()
        let slept = [5.0, 5.9, 8, 8].map { bench.core.noticeSleep(.seconds($0)) }
        #expect(slept == [false, false, true, false])
    }

    // MARK: Targets that come and go

    @Test func anAttemptUnderWayWhenItsTargetGoesCountsAndNothingElseIsSentToIt() throws {
        var bench = Bench()
        bench.run()
        let delivery = try bench.send()
        bench.configure([])
        #expect(bench.core.outbox.orphanReports.count == 1)
        bench.clock.advance(by: .seconds(3600))
        #expect(bench.turn().batch?.attempts.isEmpty ?? true)
        _ = bench.finish(delivery, .delivered(httpStatus: 204))
        #expect(bench.core.outbox.orphanReports.isEmpty)
        bench.configure([Self.ops])
        #expect(bench.core.outbox.pendingCount == 0)
    }

    @Test func anAttemptOnItsWayToTheDiskWhenItsTargetGoesIsMadeWhenTheTargetIsBack() throws {
        var bench = Bench()
        bench.run()
        _ = bench.core.take([.tell(.example("evt_1", at: bench.clock.wall))])
        _ = bench.commit(try bench.batch())
        let attempt = try bench.batch()
        bench.configure([])
        #expect(bench.commit(attempt).sent.isEmpty)
        bench.configure([Self.ops])
        bench.clock.advance(by: .seconds(2))
        let again = try bench.batch()
        #expect(again.attempts.map(\.number) == [1])
        #expect(bench.commit(again).sent.count == 1)
    }

    // MARK: Start and stop

    @Test func nothingIsCommittedBeforeTheStateWasRead() {
        var bench = Bench()
        #expect(!bench.core.take([.save(record("a"))]).asksForTurn)
        #expect(bench.turn().isEmpty)
        let actions = bench.core.stop(unsaved: [], now: bench.clock.now)
        #expect(actions.batch == nil, "what is listed is not known: pruning would forget it")
        #expect(actions.end == false)
    }

    @Test func aReloadThatIsAskedForTooEarlyBeginsAfterTheStart() {
        var bench = Bench()
        #expect(bench.core.askForReload()?.begins == false)
        let actions = bench.core.loaded(StoredState(), now: bench.clock.now, wall: bench.clock.wall)
        guard case .beginReload? = actions.last else {
            Issue.record("the reload is forgotten")
            return
        }
        #expect(bench.core.finishReload()?.number == 1)
    }

    @Test func aStopEndsOnceResultsUnderWayAreOnDisk() throws {
        var bench = Bench()
        bench.run()
        let delivery = try bench.send()
        let counters = bench.core.stop(unsaved: [record("a")], now: bench.clock.now)
        let first = try #require(counters.batch)
        #expect(first.jobs.count == 1 && counters.end == nil)
        #expect(bench.commit(first).end == nil, "an attempt is under way")
        let result = try #require(bench.finish(delivery, .delivered(httpStatus: 204)).batch)
        #expect(result.results.map(\.key) == [delivery.key])
        #expect(bench.commit(result).end == true)
        #expect(bench.core.stop(unsaved: [], now: bench.clock.now).isEmpty)
    }

    @Test func aStopWithNothingToDoEndsAtOnce() {
        var bench = Bench()
        bench.run()
        #expect(bench.core.stop(unsaved: [], now: bench.clock.now).end == true)
    }

    @Test func aDiskThatHangsHoldsAStopUpForHalfASecond() throws {
        var bench = Bench()
        bench.run()
        let actions = bench.core.stop(unsaved: [record("a")], now: bench.clock.now)
        let batch = try #require(actions.batch)
        bench.clock.advance(by: .milliseconds(499))
        #expect(bench.turn().end == nil)
        bench.clock.advance(to: try #require(actions.wake))
        #expect(bench.clock.now == MonotonicInstant(nanoseconds: 500_000_000))
        #expect(bench.turn().end == true)
        #expect(bench.commit(batch).isEmpty, "too late")
        #expect(bench.turn().isEmpty)
    }

    @Test func aFullDiskIsTriedOnceMoreAtAStop() throws {
        var bench = Bench()
        bench.run()
        _ = bench.core.take([.save(record("a"))])
        _ = bench.fail(try bench.batch(), Self.full)
        #expect(bench.turn().batch == nil)
        let last = try #require(bench.core.stop(unsaved: [], now: bench.clock.now).batch)
        #expect(bench.fail(last, Self.full).end == true)
    }
}

extension [DaemonCore.Action] {
    fileprivate var batch: StateBatch? {
        lazy.compactMap { if case .commit(let batch) = $0 { batch } else { nil } }.first
    }

    fileprivate var sent: [Delivery] {
        compactMap { if case .send(let delivery) = $0 { delivery } else { nil } }
    }

    fileprivate var entries: [JournalEntry.Kind] {
        compactMap { if case .report(let entry) = $0 { entry.kind } else { nil } }
    }

    fileprivate var wake: MonotonicInstant? {
        lazy.compactMap { if case .wake(let time) = $0 { time } else { nil } }.first
    }

    fileprivate var asksForTurn: Bool {
        contains { if case .turnSoon = $0 { true } else { false } }
    }

    /// Whether the end is one of a daemon that ran; `nil` where it goes on.
    fileprivate var end: Bool? {
        lazy.compactMap { if case .end(let wasRunning) = $0 { wasRunning } else { nil } }.first
    }
}
