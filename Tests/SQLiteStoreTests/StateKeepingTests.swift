import Foundation
import ImportWatch
import TestSupport
import Testing

@testable import SQLiteStore

/// What becomes of a state over the years: older schemas, damage, pruning, replays.
@Suite struct StateKeepingTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/state.sqlite" }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func time(_ seconds: Int64) -> WallTime { WallTime(secondsSinceEpoch: seconds) }

    private func key(_ id: String) -> JobKey { JobKey(region: "eu-west-1", id: id) }

    private func event(_ id: String, job: String = "a", at seconds: Int64 = 100) -> JobEvent {
        JobEvent(
            id: id,
            type: .failed,
            occurredAt: time(seconds),
            source: "s",
            region: "eu-west-1",
            job: ImportJob(id: job, status: .failed),
            previousStatus: nil,
            requestID: nil
        )
    }

    private func result(_ id: String, _ target: DeliveryTarget, _ state: DeliveryResult.State, at seconds: Int64)
        -> DeliveryResult
    {
        DeliveryResult(key: Delivery.Key(eventID: id, target: target), state: state, at: time(seconds))
    }

    /// Who holds the lock; asked again for a while, for a child that another test spawns has the lock until it begins.
    private func holder(_ expected: StateHolder) async -> StateHolder? {
        for _ in 0..<500 where StateLock.holder(statePath: path) != expected {
            try? await Task.sleep(for: .milliseconds(10))
        }
        return StateLock.holder(statePath: path)
    }

    @Test func aCommitAnswersWhatIsPendingForItsEvents() async throws {
        let store = SQLiteStore(path: path)
        let new = { (id: String) in StateBatch.NewEvent(event: event(id), targets: [.webhook("a")]) }
        let first = Delivery(event: event("evt_1"), target: .webhook("a"))
        let second = Delivery(event: event("evt_2"), target: .webhook("a"))
        #expect(try await store.commit(StateBatch(events: [new("evt_1")])) == [first])
        #expect(try await store.commit(StateBatch(events: [new("evt_2"), new("evt_1")])) == [second, first])
        // What has ended is not answered again.
        let at = WallTime(millisecondsSinceEpoch: 9)
        try await store.commit(StateBatch(results: [DeliveryResult(key: first.key, state: .delivered, at: at)]))
        #expect(try await store.commit(StateBatch(events: [new("evt_1"), new("evt_1")])) == [])
    }

    @Test func aNewStateHasTheAttemptsAndReplaysThatWereRemembered() async throws {
        let store = SQLiteStore(path: path)
        let time = { WallTime(millisecondsSinceEpoch: $0) }
        var delivery = Delivery(event: event("evt_1"), target: .webhook("a"))
        delivery.attempts = 7
        delivery.lastAttemptAt = time(200)
        delivery.nextAttemptAt = time(300)
        delivery.replay = Delivery.Replay(at: time(150), attemptsBefore: 4)
        for _ in 0..<2 { try await store.commit(StateBatch(restored: [delivery])) }
        #expect(try await store.load().pendingDeliveries == [delivery])
    }

    @Test func ofDamagedStatesTheFirstAndTheNewestAreKept() async throws {
        let time = { (seconds: Int64) in WallTime(secondsSinceEpoch: seconds) }
        for second in 0..<20 {
            try Data("damaged".utf8).write(to: URL(fileURLWithPath: path))
            _ = try await SQLiteStore(path: path).beginAnew(at: time(Int64(second)))
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names.count == DamagedStates.most)
        #expect(names.first == "state.sqlite.damaged-\(time(0).basicISO8601)")
        #expect(names.last == "state.sqlite.damaged-\(time(19).basicISO8601)")
    }

    @Test func whatBelongedToADeletedStateCountsAsOneOfTheDamaged() async throws {
        let name = { (second: Int64) in "state.sqlite.damaged-\(time(second).basicISO8601)" }
        for second in 0..<20 {
            // Every second one lacks the state itself, as where it was deleted under the daemon.
            for suffix in second % 2 == 0 ? ["-wal", "-shm"] : ["", "-wal", "-shm"] {
                try folder.write("state.sqlite" + suffix, "damaged")
            }
            _ = try await SQLiteStore(path: path).beginAnew(at: time(Int64(second)))
        }
        let kept: [(Int64, [String])] = [
            (0, ["-shm", "-wal"]), (16, ["-shm", "-wal"]), (17, ["", "-shm", "-wal"]), (18, ["-shm", "-wal"]),
            (19, ["", "-shm", "-wal"]),
        ]
        let expected = kept.flatMap { second, suffixes in suffixes.map { name(second) + $0 } }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == expected)
    }

    @Test func aStateOfTheFirstSchemaGoesOn() async throws {
        let old = try Database(path: path)
        try Schema.migrate(old, steps: Array(Schema.steps.prefix(1)))
        try old.execute(
            """
            INSERT INTO event (id, type, occurred_at, source, region, job_id, status, has_failure)
                VALUES ('evt_1', 'failed', 100000, 's', 'eu-west-1', 'a', 'FAILED', 0);
            INSERT INTO delivery (event_id, target, state, attempts, next_attempt_at)
                VALUES ('evt_1', 'webhook:ops', 'pending', 3, 200000);
            """
        )
        #expect(try old.integer("PRAGMA user_version") == 1)
        let state = try await SQLiteStore(path: path).load()
        #expect(state.pendingDeliveries.map(\.attempts) == [3])
        #expect(state.pendingDeliveries.first?.event == event("evt_1"))
        #expect(try Database(path: path).integer("PRAGMA user_version") == Int64(Schema.steps.count))
    }

    @Test func aMigrationThatFailsLeavesTheOldSchema() throws {
        let database = try Database(path: path)
        try Schema.migrate(database)
        #expect(throws: StateStoreError.self) {
            try Schema.migrate(database, steps: Schema.steps + ["CREATE TABLE extra (a); CREATE TABLE job (a)"])
        }
        #expect(try database.integer("PRAGMA user_version") == Int64(Schema.steps.count))
        #expect(try database.integer("SELECT count(*) FROM sqlite_master WHERE name = 'extra'") == 0)
    }

    @Test func pruningForgetsWhatEndedAndNobodyLists() async throws {
        let store = SQLiteStore(path: path)
        let ages: [(String, Int64?)] = [
            ("old", 10), ("old-listed", 10), ("new", 90), ("open", nil), ("open-listed", nil),
        ]
        let jobs = ages.map { id, finished in
            var record = JobRecord(key: key(id), source: "s", firstSeenAt: time(1))
            record.finishedAt = finished.map(time)
            if id == "open" { record.answeredAt = time(80) }
            return record
        }
        let events = ["delivered", "dead", "fresh", "half"].map {
            StateBatch.NewEvent(event: event($0, at: 5), targets: [.journal, .webhook("w")])
        }
        var results = ["delivered", "dead", "fresh", "half"].map { result($0, .journal, .delivered, at: 6) }
        results += [
            result("delivered", .webhook("w"), .delivered, at: 10), result("dead", .webhook("w"), .dead, at: 10),
            result("fresh", .webhook("w"), .delivered, at: 90),
        ]
        try await store.commit(StateBatch(jobs: jobs, events: events, results: results))
        let pruning = StatePruning(endedBefore: time(50), listed: [key("old-listed"), key("open-listed")])
        try await store.commit(StateBatch(pruning: pruning))
        #expect(Set(try await store.load().jobs.map(\.key.id)) == ["old-listed", "new", "open", "open-listed"])
        let left = try await store.deliveries(DeliveryFilter()).records
        #expect(Set(left.map(\.delivery.event.id)) == ["fresh", "half"])
        #expect(try await store.load().pendingDeliveries.map(\.event.id) == ["half"])
    }

    @Test func deliveriesAreFoundByStateTargetAndJob() async throws {
        let store = SQLiteStore(path: path)
        try await store.commit(
            StateBatch(
                events: [
                    .init(event: event("evt_1", job: "a"), targets: [.journal, .webhook("x")]),
                    .init(event: event("evt_2", job: "b"), targets: [.webhook("x"), .webhook("y")]),
                ],
                results: [
                    result("evt_1", .journal, .delivered, at: 1), result("evt_2", .webhook("x"), .dead, at: 2),
                ]
            )
        )
        func found(_ filter: DeliveryFilter) async throws -> [String] {
            try await store.deliveries(filter).records.map {
                "\($0.delivery.event.id) \($0.delivery.target.name) \($0.state)"
            }
        }
        #expect(try await found(DeliveryFilter(state: .dead)) == ["evt_2 x dead"])
        #expect(try await found(DeliveryFilter(target: .webhook("x"))) == ["evt_2 x dead", "evt_1 x pending"])
        #expect(try await found(DeliveryFilter(jobID: "a")) == ["evt_1 journal delivered", "evt_1 x pending"])
        #expect(try await found(DeliveryFilter(limit: 1)) == ["evt_2 x dead"])
    }

    @Test func aReplayBeginsDeliveriesAnewAndKeepsTheirCount() async throws {
        let store = SQLiteStore(path: path)
        let webhook = DeliveryTarget.webhook("x")
        try await store.commit(
            StateBatch(
                events: ["dead", "done"].map { .init(event: event($0, at: 7), targets: [.journal, webhook]) },
                attempts: [DeliveryAttempt(key: .init(eventID: "dead", target: webhook), number: 9, at: time(8))],
                results: [
                    result("dead", webhook, .dead, at: 9), result("done", webhook, .delivered, at: 9),
                    result("dead", .journal, .delivered, at: 9), result("done", .journal, .delivered, at: 9),
                ]
            )
        )
        let replayed = try await store.replay(.dead, at: time(1000))
        #expect(replayed.map(\.event.id) == ["dead"])
        #expect(replayed.first?.replay == Delivery.Replay(at: time(1000), attemptsBefore: 9))
        #expect(try await store.load().pendingDeliveries == replayed)
        #expect(try await store.replay(.event("done"), at: time(1001)).map(\.target) == [webhook])
        #expect(try await store.replay(.since(time(8)), at: time(1002)).isEmpty)
        #expect(try await store.replay(.webhook("x"), at: time(1003)).count == 2)
        #expect(
            try await store.deliveries(DeliveryFilter(target: .journal)).records.allSatisfy { $0.state == .delivered }
        )
    }

    @Test func aDamagedFileIsPutAsideAndANewOneBegun() async throws {
        try folder.write("state.sqlite", String(repeating: "no database", count: 1000))
        try folder.write("state.sqlite-wal", "its log")
        let store = SQLiteStore(path: path)
        await #expect(throws: StateStoreError.self) { _ = try await store.load() }
        let name = try await store.beginAnew(at: time(1_795_000_000))
        #expect(name == path + ".damaged-20261118T110640Z")
        #expect(try String(contentsOfFile: name, encoding: .utf8).hasPrefix("no database"))
        #expect(try await store.load() == StoredState())
        // The lock was held all the time, and a second damage in the same second takes nothing away.
        await #expect(throws: StateStoreError.inUse(path: path, pid: getpid())) {
            _ = try await SQLiteStore(path: path).load()
        }
        #expect(try await store.beginAnew(at: time(1_795_000_000)) == name + "-")
    }

    @Test func damageInsideIsFoundAfterAnUncleanStopOnly() async throws {
        var store: SQLiteStore? = SQLiteStore(path: path)
        let records = (0..<3000).map { JobRecord(key: key("job-\($0)"), source: "s", firstSeenAt: time(1)) }
        try await store?.commit(StateBatch(jobs: records))
        await store?.close()
        store = nil
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        // A page in the middle, which reading the schema does not touch.
        try file.seek(toOffset: 4096 * 20)
        try file.write(contentsOf: Data(repeating: 0x55, count: 4096))
        try file.close()
        try folder.write("state.sqlite.lock", "1\nrunning\n")
        do {
            _ = try await SQLiteStore(path: path).commit(StateBatch())
            Issue.record("the damage was not found")
        } catch {
            guard error.kind == .damaged else { throw error }
        }
        try folder.write("state.sqlite.lock", "1\nstopped\n")
        try await SQLiteStore(path: path).commit(StateBatch())
    }

    /// The lock's file as it is after a crash on a full disk that cut it, and as somebody may have left it.
    @Test(arguments: ["", "\n", "1", "x\nstopped\n"])
    func aLockThatSaysNothingStandsForAStateThatWasNotClosed(_ content: String) async throws {
        let store = SQLiteStore(path: path)
        try await store.commit(StateBatch())
        await store.close()
        try folder.write("state.sqlite.lock", content)
        #expect(await holder(.crashed) == .crashed)
        do {
            let offline = try SQLiteStoppedState(path: path)
            #expect(try !offline.summary().wasCleanlyStopped)
        }
        do {
            let lock = try StateLock(statePath: path)
            #expect(!lock.wasCleanlyStopped && lock.hadState)
        }
        try folder.write("state.sqlite.lock", content)
        unlink(path)
        await #expect(throws: StateStoreError.lost(path: path, what: "is missing")) {
            _ = try await SQLiteStore(path: path).load()
        }
    }

    @Test func theLockIsWrittenOverAtOneSize() async throws {
        try folder.write("state.sqlite.lock", "4194304\nrunning\nnew\n")
        var lock: StateLock? = try StateLock(statePath: path)
        func content() throws -> String { try String(contentsOfFile: path + ".lock", encoding: .utf8) }
        func padded(_ text: String) -> String { text + String(repeating: "\n", count: 64 - text.utf8.count) }
        #expect(try content() == padded("\(getpid())\nrunning\nnew\n"))
        try lock?.markBegun()
        #expect(try content() == padded("\(getpid())\nrunning\n"))
        lock?.markStopped()
        #expect(try content() == padded("\(getpid())\nstopped\n"))
        lock = nil
        #expect(await holder(.stopped) == .stopped)
        let again = try StateLock(statePath: path)
        #expect(again.wasCleanlyStopped && again.hadState)
    }

    @Test func aFullDiskLeavesNoLockThatSaysNothing() async throws {
        guard let disk = try await SmallDisk() else { return }
        let (old, new) = (disk.folder.path + "/old", disk.folder.path + "/new")
        var lock: StateLock? = try StateLock(statePath: old)
        try lock?.markBegun()
        lock = nil
        disk.fill()
        #expect(throws: StateStoreError.diskFull(path: new + ".lock")) { _ = try StateLock(statePath: new) }
        #expect(!FileManager.default.fileExists(atPath: new + ".lock"))
        do {
            let held = try StateLock(statePath: old)
            #expect(!held.wasCleanlyStopped && held.hadState)
            held.markStopped()
        }
        #expect(try StateLock(statePath: old).wasCleanlyStopped)
    }

    @Test func aStateOfNoDaemonCanBeReadAndReplayed() async throws {
        let store = SQLiteStore(path: path)
        try await store.commit(StateBatch(events: [.init(event: event("evt_1"), targets: [.webhook("x")])]))
        #expect(throws: StateStoreError.inUse(path: path, pid: getpid())) { _ = try SQLiteStoppedState(path: path) }
        await store.close()
        do {
            let offline = try SQLiteStoppedState(path: path, for: .writing)
            #expect(try offline.summary().wasCleanlyStopped)
            #expect(try offline.replay(.webhook("x"), at: time(500)) == 1)
            #expect(try offline.summary().targets.map(\.pending) == [1])
        }
        #expect(await holder(.stopped) == .stopped)
        try folder.write("state.sqlite.lock", "1\nrunning\n")
        do {
            let offline = try SQLiteStoppedState(path: path)
            #expect(try !offline.summary().wasCleanlyStopped)
        }
        #expect(await holder(.crashed) == .crashed)
        #expect(throws: StateStoreError.self) { _ = try SQLiteStoppedState(path: folder.path + "/none.sqlite") }
    }
}
