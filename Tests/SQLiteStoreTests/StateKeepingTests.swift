import Foundation
import ImportWatch
import TestSupport
import Testing

@testable import SQLiteStore

/// What becomes of a state over the years: older schemas, damage, locks.
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

    /// Who holds the lock; asked again for a while, for a child that another test spawns has the lock until it begins.
    private func holder(_ expected: StateHolder) async -> StateHolder? {
        for _ in 0..<500 where StateLock.holder(statePath: path) != expected {
            try? await Task.sleep(for: .milliseconds(10))
        }
        return StateLock.holder(statePath: path)
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
