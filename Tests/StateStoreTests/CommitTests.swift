import ImportWatch
import TestSupport
import Testing

/// What a commit promises in every kind of store.
@Suite struct CommitTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var fullRecord: JobRecord {
        var record = Sample.job("full")
        record.status = .unknown("PAUSED")
        record.processedRecords = .max
        record.failedRecords = .min
        record.createdAt = WallTime(millisecondsSinceEpoch: -5)
        record.notFoundSince = Sample.time(7)
        record.toldLost = true
        record.toldOverdue = true
        record.finishedAt = Sample.time(9)
        record.answeredAt = Sample.time(10)
        return record
    }

    private func fullEvent(_ id: String, _ destination: ImportJob.Destination?) -> JobEvent {
        var event = Sample.event(id, job: "job \u{0}é")
        event.job.destination = destination
        event.job.dataSource = .init(s3URL: "s3://b/k", format: "CSV")
        event.job.processedRecords = 0
        event.job.failedRecords = 5
        event.job.createdAt = Sample.time(1)
        event.job.completedAt = WallTime(millisecondsSinceEpoch: 2)
        let text = "multi\nline \u{0} 😀 " + String(repeating: "x", count: 20_000)
        event.job.failure = .init(message: text, failedRecordsURL: "https://secret.example")
        event.previousStatus = .processing
        event.requestID = "r"
        return event
    }

    @Test(arguments: StoreKind.all) func everyFieldSurvives(_ kind: StoreKind) async throws {
        let store = kind.place(folder).store()
        #expect(try await store.load() == StoredState())
        let bare = JobRecord(key: JobKey(region: "", id: "bare"), source: "", firstSeenAt: Sample.time(0))
        let events = [
            fullEvent("evt_1", .contactList(name: "news", action: "PUT")),
            fullEvent("evt_2", .suppressionList(action: "DELETE")), fullEvent("evt_3", nil), Sample.event("evt_4"),
        ]
        let targets = [DeliveryTarget.journal, .webhook("ops")]
        try await store.commit(
            StateBatch(jobs: [fullRecord, bare], events: events.map { .init(event: $0, targets: targets) })
        )
        await store.close()
        let state = try await kind.place(folder).store().load()
        #expect(Set(state.jobs) == [fullRecord, bare] && state.jobs.count == 2)
        let expected = events.flatMap { event in targets.map { Delivery(event: event, target: $0) } }
        #expect(Set(state.pendingDeliveries) == Set(expected))
        #expect(state.pendingDeliveries.map(\.event.id) == expected.map(\.event.id), "the oldest event's first")
    }

    @Test(arguments: StoreKind.all) func anEventIsTakenOnceWhateverComesAgain(_ kind: StoreKind) async throws {
        let store = kind.place(folder).store()
        try await store.commit(StateBatch(events: [Sample.new("evt_1")]))
        try await store.commit(StateBatch(results: [Sample.result("evt_1")]))
        try await store.commit(StateBatch(events: [Sample.new("evt_1", [.webhook("a"), .webhook("b")])]))
        #expect(try await store.load().pendingDeliveries.isEmpty)
    }

    @Test(arguments: StoreKind.all) func toRepeatABatchChangesNothing(_ kind: StoreKind) async throws {
        let store = kind.place(folder).store()
        try await store.commit(StateBatch(jobs: [Sample.job("a")], events: [Sample.new("evt_1")]))
        let key = Delivery.Key(eventID: "evt_1", target: .webhook("a"))
        let batch = StateBatch(
            jobs: [fullRecord],
            events: [Sample.new("evt_2"), Sample.new("evt_3")],
            attempts: [DeliveryAttempt(key: key, number: 1, at: Sample.time(150))],
            results: [Sample.result("evt_2"), Sample.result("evt_3", .dead)]
        )
        let answer = try await store.commit(batch)
        let state = try await store.load()
        let list = try await store.deliveries(DeliveryFilter())
        #expect(try await store.commit(batch) == answer)
        #expect(try await store.load() == state)
        #expect(try await store.deliveries(DeliveryFilter()) == list)
    }

    @Test(arguments: StoreKind.all) func aCommitAnswersWhatIsPendingForItsEvents(_ kind: StoreKind) async throws {
        let store = kind.place(folder).store()
        let first = Delivery(event: Sample.event("evt_1"), target: .webhook("a"))
        let second = Delivery(event: Sample.event("evt_2"), target: .webhook("a"))
        #expect(try await store.commit(StateBatch(events: [Sample.new("evt_1")])) == [first])
        #expect(
            try await store.commit(StateBatch(events: [Sample.new("evt_2"), Sample.new("evt_1")])) == [second, first]
        )
        // What has ended is not answered again.
        try await store.commit(StateBatch(results: [Sample.result("evt_1")]))
        #expect(try await store.commit(StateBatch(events: [Sample.new("evt_1"), Sample.new("evt_1")])) == [])
    }

    @Test(arguments: StoreKind.all) func attemptsAndResultsAreRemembered(_ kind: StoreKind) async throws {
        let store = kind.place(folder).store()
        try await store.commit(StateBatch(events: [Sample.new("evt_1")]))
        let key = Delivery.Key(eventID: "evt_1", target: .webhook("a"))
        try await store.commit(StateBatch(attempts: [DeliveryAttempt(key: key, number: 1, at: Sample.time(50))]))
        var pending = try #require(try await store.load().pendingDeliveries.first)
        #expect(pending.attempts == 1 && pending.lastAttemptAt == Sample.time(50))
        #expect(pending.nextAttemptAt == Sample.time(50), "without a result it is due at once")
        var retry = Sample.result("evt_1", .pending(nextAttemptAt: Sample.time(99)), at: 51)
        (retry.httpStatus, retry.problem) = (500, "no luck")
        try await store.commit(StateBatch(results: [retry]))
        pending = try #require(try await store.load().pendingDeliveries.first)
        #expect(pending.nextAttemptAt == Sample.time(99))
        let record = try #require(try await store.deliveries(DeliveryFilter()).records.first)
        #expect(record.httpStatus == 500 && record.problem == "no luck" && record.endedAt == nil)
        try await store.commit(StateBatch(results: [Sample.result("evt_1", .dead, at: 60)]))
        #expect(try await store.load().pendingDeliveries.isEmpty)
        #expect(try await store.load().deadDeliveries == [.webhook("a"): 1])
        #expect(try await store.deadDeliveries() == [.webhook("a"): 1])
        #expect(try await store.deliveries(DeliveryFilter()).records.map(\.endedAt) == [Sample.time(60)])
    }

    @Test(arguments: StoreKind.all)
    func aPresignedAddressIsErasedWhenNobodyMayHaveItAnyMore(_ kind: StoreKind) async throws {
        let store = kind.place(folder).store()
        let event = fullEvent("evt_1", nil)
        let targets = [DeliveryTarget.webhook("a"), .journal]
        try await store.commit(StateBatch(events: [.init(event: event, targets: targets)]))
        for target in targets {
            let pending = try await store.load().pendingDeliveries
            #expect(pending.first?.event.job.failure?.failedRecordsURL == "https://secret.example")
            try await store.commit(StateBatch(results: [Sample.result("evt_1", to: target)]))
        }
        let left = try await store.deliveries(DeliveryFilter()).records.map(\.delivery.event.job.failure)
        #expect(left == Array(repeating: .init(message: event.job.failure?.message, failedRecordsURL: nil), count: 2))
    }

    @Test(arguments: StoreKind.all) func aBatchThatFailsLeavesNothing(_ kind: StoreKind) async throws {
        let store = kind.place(folder).store()
        try await store.commit(StateBatch(jobs: [Sample.job("a")]))
        // No event has two deliveries to one target.
        let broken = StateBatch(
            jobs: [Sample.job("b")],
            events: [Sample.new("evt_9", [.webhook("a"), .webhook("a")])]
        )
        await #expect(throws: StateStoreError.self) { try await store.commit(broken) }
        let state = try await store.load()
        #expect(state.jobs.map(\.key.id) == ["a"] && state.pendingDeliveries.isEmpty)
        #expect(try await store.deliveries(DeliveryFilter()).records.isEmpty)
    }

    @Test(arguments: StoreKind.all) func pruningForgetsWhatEndedAndNobodyLists(_ kind: StoreKind) async throws {
        let store = kind.place(folder).store()
        let ages: [(String, Int64?)] = [
            ("old", 10), ("old-listed", 10), ("new", 90), ("open", nil), ("open-listed", nil),
        ]
        let jobs = ages.map { id, finished in
            var record = Sample.job(id)
            record.finishedAt = finished.map(Sample.time)
            if id == "open" { record.answeredAt = Sample.time(80) }
            return record
        }
        let ids = ["delivered", "dead", "fresh", "half"]
        let results =
            ids.map { Sample.result($0, to: .journal, at: 6) } + [
                Sample.result("delivered", at: 10), Sample.result("dead", .dead, at: 10),
                Sample.result("fresh", at: 90),
            ]
        let events = ids.map { Sample.new($0, [.journal, .webhook("a")]) }
        try await store.commit(StateBatch(jobs: jobs, events: events, results: results))
        let listed: Set = [Sample.key("old-listed"), Sample.key("open-listed")]
        try await store.commit(StateBatch(pruning: StatePruning(endedBefore: Sample.time(50), listed: listed)))
        #expect(Set(try await store.load().jobs.map(\.key.id)) == ["old-listed", "new", "open", "open-listed"])
        let left = try await store.deliveries(DeliveryFilter()).records
        #expect(Set(left.map(\.delivery.event.id)) == ["fresh", "half"])
        #expect(try await store.load().pendingDeliveries.map(\.event.id) == ["half"])
    }
}
