import Foundation
import ImportWatch
import TestSupport
import Testing

@testable import SQLiteStore

@Suite struct SQLiteStoreTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/state/state.sqlite" }

    init() throws {
        folder = try TemporaryFolder()
    }

    private func time(_ milliseconds: Int64) -> WallTime { WallTime(millisecondsSinceEpoch: milliseconds) }

    private func fullRecord(_ id: String) -> JobRecord {
        var record = JobRecord(key: JobKey(region: "eu-west-1", id: id), source: "s", firstSeenAt: time(1))
        record.status = .unknown("PAUSED")
        record.processedRecords = .max
        record.failedRecords = .min
        record.createdAt = time(-5)
        record.notFoundSince = time(7)
        record.toldLost = true
        record.toldOverdue = true
        record.finishedAt = time(9)
        record.answeredAt = time(10)
        return record
    }

    private func event(_ id: String, url: String? = nil) -> JobEvent {
        let text = "multi\nline \u{0} 😀 " + String(repeating: "x", count: 20_000)
        let job = ImportJob(
            id: "job \u{0}é",
            status: .failed,
            destination: .contactList(name: "news", action: "PUT"),
            dataSource: .init(s3URL: "s3://b/k", format: "CSV"),
            processedRecords: 0,
            failedRecords: 5,
            createdAt: time(1),
            completedAt: time(2),
            failure: .init(message: text, failedRecordsURL: url)
        )
        return JobEvent(
            id: id,
            type: .failed,
            occurredAt: time(3),
            source: "s",
            region: "eu-west-1",
            job: job,
            previousStatus: .processing,
            requestID: "r"
        )
    }

    @Test func everyFieldSurvives() async throws {
        let store = SQLiteStore(path: path)
        #expect(try await store.load() == StoredState())
        let bare = JobRecord(key: JobKey(region: "", id: "bare"), source: "", firstSeenAt: time(0))
        let event = event("evt_1", url: "https://secret.example")
        try await store.commit(
            StateBatch(
                jobs: [fullRecord("full"), bare],
                events: [.init(event: event, targets: [.journal, .webhook("ops")])]
            )
        )
        await store.close()
        let state = try await SQLiteStore(path: path).load()
        #expect(Set(state.jobs) == [fullRecord("full"), bare])
        #expect(
            Set(state.pendingDeliveries) == [
                Delivery(event: event, target: .journal), Delivery(event: event, target: .webhook("ops")),
            ]
        )
    }

    @Test func anEventIsTakenOnceWhateverComesAgain() async throws {
        let store = SQLiteStore(path: path)
        let first = StateBatch(events: [.init(event: event("evt_1"), targets: [.webhook("a")])])
        try await store.commit(first)
        let key = Delivery.Key(eventID: "evt_1", target: .webhook("a"))
        try await store.commit(StateBatch(results: [DeliveryResult(key: key, state: .delivered, at: time(9))]))
        try await store.commit(
            StateBatch(events: [.init(event: event("evt_1"), targets: [.webhook("a"), .webhook("b")])])
        )
        #expect(try await store.load().pendingDeliveries.isEmpty)
    }

    @Test func attemptsAndResultsAreRemembered() async throws {
        let store = SQLiteStore(path: path)
        try await store.commit(StateBatch(events: [.init(event: event("evt_1"), targets: [.webhook("a")])]))
        let key = Delivery.Key(eventID: "evt_1", target: .webhook("a"))
        try await store.commit(StateBatch(attempts: [DeliveryAttempt(key: key, number: 1, at: time(50))]))
        var pending = try #require(try await store.load().pendingDeliveries.first)
        #expect(pending.attempts == 1 && pending.lastAttemptAt == time(50))
        #expect(pending.nextAttemptAt == time(50), "without a result it is due at once")
        let retry = DeliveryResult(key: key, state: .pending(nextAttemptAt: time(99)), at: time(51), httpStatus: 500)
        try await store.commit(StateBatch(results: [retry]))
        pending = try #require(try await store.load().pendingDeliveries.first)
        #expect(pending.nextAttemptAt == time(99))
        try await store.commit(StateBatch(results: [DeliveryResult(key: key, state: .dead, at: time(60))]))
        #expect(try await store.load().pendingDeliveries.isEmpty)
    }

    @Test func aPresignedAddressIsErasedWhenNobodyMayHaveItAnyMore() async throws {
        let store = SQLiteStore(path: path)
        let url = "https://secret.example/presigned"
        let new = StateBatch.NewEvent(event: event("evt_1", url: url), targets: [.webhook("a"), .journal])
        try await store.commit(StateBatch(events: [new]))
        for target in new.targets {
            let key = Delivery.Key(eventID: "evt_1", target: target)
            #expect(try await store.load().pendingDeliveries.first?.event.job.failure?.failedRecordsURL == url)
            try await store.commit(StateBatch(results: [DeliveryResult(key: key, state: .delivered, at: time(9))]))
        }
        await store.close()
        // SQLite leaves the bytes of an update in free space, but no query and no later event shows them.
        let reopened = SQLiteStore(path: path)
        #expect(try await reopened.load().pendingDeliveries.isEmpty)
    }

    @Test func aBatchThatFailsLeavesNothing() async throws {
        let store = SQLiteStore(path: path)
        try await store.commit(StateBatch(jobs: [fullRecord("a")]))
        // A delivery of an event that is there already can't be inserted twice: same target named twice in one batch.
        let broken = StateBatch(
            jobs: [fullRecord("b")],
            events: [.init(event: event("evt_9"), targets: [.webhook("a"), .webhook("a")])]
        )
        await #expect(throws: StateStoreError.self) { try await store.commit(broken) }
        let state = try await store.load()
        #expect(state.jobs.map(\.key.id) == ["a"])
        #expect(state.pendingDeliveries.isEmpty)
        try await store.commit(
            StateBatch(
                jobs: [fullRecord("c")],
                pruning: StatePruning(endedBefore: time(100), listed: [fullRecord("c").key])
            )
        )
        #expect(try await store.load().jobs.map(\.key.id) == ["c"])
    }

    @Test func aNewerSchemaIsRefused() async throws {
        let store = SQLiteStore(path: path)
        _ = try await store.load()
        await store.close()
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        // The user_version lies at offset 60 of the file's header, big-endian.
        bytes[60...63] = [0, 0, 0, 99]
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        await #expect(throws: StateStoreError.tooNew(path: path, version: 99, supported: 2)) {
            _ = try await SQLiteStore(path: path).load()
        }
    }

    @Test func whatIsNoDatabaseIsSaidToBeDamaged() async throws {
        let path = try folder.write("other.sqlite", String(repeating: "this is no database\n", count: 500))
        do {
            _ = try await SQLiteStore(path: path).load()
            Issue.record("it was taken")
        } catch {
            #expect(error.kind == .damaged, "\(error)")
        }
    }

    @Test func aSecondOpenerIsTurnedAway() async throws {
        let first = SQLiteStore(path: path)
        _ = try await first.load()
        await #expect(throws: StateStoreError.inUse(path: path, pid: getpid())) {
            _ = try await SQLiteStore(path: path).load()
        }
        await first.close()
        _ = try await SQLiteStore(path: path).load()
    }

    @Test func aDirectoryThatCantBeMadeIsSaid() async throws {
        let file = try folder.write("file", "")
        do {
            _ = try await SQLiteStore(path: file + "/state.sqlite").load()
            Issue.record("it was made")
        } catch {
            #expect(error.description.contains("file"))
        }
    }

    @Test func theFileIsForItsOwnerOnly() async throws {
        let store = SQLiteStore(path: path)
        _ = try await store.load()
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}
