import Foundation
import TestSupport
import Testing

@testable import ImportWatch
@testable import SQLiteStore

/// What a state may hold that this program never wrote, and what becomes of it.
@Suite struct HostileStateTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/state.sqlite" }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func time(_ seconds: Int64) -> WallTime { WallTime(secondsSinceEpoch: seconds) }

    private func fill(_ count: Int = 15) async throws {
        let store = SQLiteStore(path: path)
        let events = (0..<count).map { number in
            JobEvent(
                id: "evt_\(number)",
                type: .failed,
                occurredAt: time(100),
                source: "s",
                region: "r",
                job: ImportJob(id: "job-\(number)", status: .failed),
                previousStatus: nil,
                requestID: nil
            )
        }
        let jobs = (0..<count).map {
            JobRecord(key: JobKey(region: "r", id: "job-\($0)"), source: "s", firstSeenAt: time(1))
        }
        try await store.commit(
            StateBatch(jobs: jobs, events: events.map { .init(event: $0, targets: [.webhook("x")]) })
        )
        await store.close()
    }

    @Test func rowsOfANewerVersionAreKeptCountedAndShown() async throws {
        try await fill()
        do {
            let database = try Database(path: path)
            try database.execute("UPDATE event SET type = 'bounced' WHERE number <= 8")
        }
        let store = SQLiteStore(path: path)
        let state = try await store.load()
        #expect(state.pendingDeliveries.count == 7 && state.unreadable.deliveries == 8)
        #expect(state.unreadable.examples.first == "evt_0 (bounced) to webhook:x: the event type is not known")
        let list = try await store.deliveries(DeliveryFilter(state: .pending))
        #expect(list.records.count == 7 && list.unreadable.map(\.type) == Array(repeating: "bounced", count: 8))
        try await store.commit(StateBatch(pruning: StatePruning(endedBefore: time(1_000_000), listed: [])))
        await store.close()
        let offline = try OfflineState(path: path)
        #expect(try offline.targets().map(\.pending) == [15])
    }

    @Test func aDeliveryWithoutItsEventIsCountedAndShown() async throws {
        try await fill(3)
        do {
            let database = try Database(path: path)
            try database.execute("PRAGMA foreign_keys = OFF; DELETE FROM event WHERE id = 'evt_1'")
        }
        let store = SQLiteStore(path: path)
        let state = try await store.load()
        #expect(state.pendingDeliveries.map(\.event.id) == ["evt_0", "evt_2"] && state.unreadable.deliveries == 1)
        #expect(state.unreadable.examples.first?.hasSuffix("to webhook:x: its event is missing") == true)
        let list = try await store.deliveries(DeliveryFilter(state: .pending, target: .webhook("x")))
        #expect(list.unreadable.map(\.eventID) == ["evt_1"] && list.records.count == 2)
        #expect(list.unreadable.map(\.reason) == ["its event is missing"])
        #expect(try await store.replay(.pending, at: time(1)).count == 2)
    }

    /// Random values in random columns: every row is read or told, none traps, and none is lost.
    @Test func noValueOfAColumnTrapsOrLosesARow() async throws {
        var random = SeededGenerator(seed: 6)
        let values = [
            "9223372036854775807", "-9223372036854775808", "0", "-1", "NULL", "'text'", "x'00ff'", "1.5", "9e999",
            "'a' || char(0) || 'b'", "CAST(x'ff' AS TEXT)", "''",
        ]
        let columns = [
            "delivery": "state attempts last_attempt_at next_attempt_at ended_at http_status problem replayed_at "
                + "attempts_before_replay",
            "event": "type occurred_at source region job_id status previous_status destination contact_list action "
                + "processed failed created_at completed_at has_failure failure_message failed_records_url request_id",
            "job": "source status processed failed created_at first_seen_at not_found_since told_lost told_overdue "
                + "finished_at answered_at",
        ].mapValues { $0.split(separator: " ") }
        try await fill()
        for step in 0..<150 {
            do {
                let database = try Database(path: path)
                guard let table = columns.keys.sorted().randomElement(using: &random),
                    let column = columns[table]?.randomElement(using: &random),
                    let value = values.randomElement(using: &random)
                else { continue }
                let order = table == "event" ? "number" : table == "job" ? "id" : "event_id"
                let row = Int.random(in: 0..<15, using: &random)
                try database.execute(
                    "UPDATE OR IGNORE \(table) SET \(column) = \(value) "
                        + "WHERE \(order) = (SELECT \(order) FROM \(table) ORDER BY \(order) LIMIT 1 OFFSET \(row))"
                )
            }
            let store = SQLiteStore(path: path)
            let state = try await store.load()
            #expect(state.jobs.count + state.unreadable.jobs == 15, "step \(step)")
            let list = try await store.deliveries(DeliveryFilter())
            #expect(list.records.count + list.unreadable.count == 15, "step \(step)")
            var schedule = DeliverySchedule(
                target: .webhook("x"),
                concurrency: 15,
                retries: .webhook(maxAge: .seconds(60))
            )
            let now = MonotonicInstant(nanoseconds: 0)
            schedule.add(state.pendingDeliveries, now: now, wall: time(200))
            for attempt in schedule.dueAttempts(now: now, wall: time(200)) {
                schedule.withdraw(attempt, now: now)
                #expect(attempt.record.number > 0)
            }
            for record in list.records { #expect(!record.delivery.nextAttemptAt.rfc3339.isEmpty) }
            await store.close()
        }
    }

    /// A lock that knows of a state, and a state that is not what it was.
    @Test(arguments: [0, 1, 100, 4096, -1, -2])
    func aStateThatWasCutOrDeletedIsSaidAndBegunAnew(_ size: Int) async throws {
        try await fill(500)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        if size == -1 {
            unlink(path)
        } else {
            try bytes.prefix(size == -2 ? bytes.count / 2 : size).write(to: URL(fileURLWithPath: path))
        }
        let store = SQLiteStore(path: path)
        do {
            _ = try await store.load()
            Issue.record("nothing was said")
        } catch {
            #expect(error.asksForNewState, "\(error)")
            if size <= 0, size > -2 { #expect(error.description.contains("told again, under the same IDs")) }
        }
        _ = try await store.setAside(at: time(1))
        #expect(try await store.load() == StoredState())
        await store.close()
        #expect(try await SQLiteStore(path: path).load() == StoredState())
    }

    @Test func aFirstStartIsSilentAlsoAfterOneThatGotNowhere() async throws {
        try folder.write("state.sqlite.lock", "1\nrunning\nnew\n")
        #expect(try await SQLiteStore(path: path).load() == StoredState())
    }

    @Test(arguments: ["delete", "replace", "cut", "log"])
    func aStateTakenAwayUnderTheStoreIsNoticedAtTheNextWrite(_ how: String) async throws {
        try await fill()
        let store = SQLiteStore(path: path)
        _ = try await store.load()
        switch how {
        case "delete": unlink(path)
        case "replace":
            try folder.write("other", "x")
            rename(folder.path + "/other", path)
        case "cut": truncate(path, 0)
        default: unlink(path + "-wal")
        }
        await #expect(throws: StateStoreError.self) { try await store.commit(StateBatch(jobs: [])) }
        do {
            _ = try await store.replay(.pending, at: time(1))
            Issue.record("nothing was said")
        } catch {
            guard case .gone = error else { throw error }
        }
        _ = try await store.setAside(at: time(1))
        try await store.commit(StateBatch())
        await store.close()
        #expect(try await SQLiteStore(path: path).load() == StoredState())
    }
}
