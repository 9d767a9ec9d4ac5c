import ImportWatch
import TestSupport
import Testing

/// What every kind of store knows of deliveries, and how it sends them again.
@Suite struct ArchiveTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(arguments: StoreKind.all) func deliveriesAreFoundByStateTargetAndJob(_ kind: StoreKind) async throws {
        let store = kind.place(folder).store()
        try await store.commit(
            StateBatch(
                events: [
                    .init(event: Sample.event("evt_1", job: "a"), targets: [.journal, .webhook("x")]),
                    .init(event: Sample.event("evt_2", job: "b"), targets: [.webhook("x"), .webhook("y")]),
                ],
                results: [Sample.result("evt_1", to: .journal), Sample.result("evt_2", .dead, to: .webhook("x"))]
            )
        )
        func found(_ filter: DeliveryFilter) async throws -> [String] {
            try await store.deliveries(filter).records.map {
                "\($0.delivery.event.id) \($0.delivery.target.name) \($0.state)"
            }
        }
        #expect(try await found(DeliveryFilter(state: .dead)) == ["evt_2 x dead"])
        #expect(try await found(DeliveryFilter(state: .pending)) == ["evt_2 y pending", "evt_1 x pending"])
        #expect(try await found(DeliveryFilter(target: .webhook("x"))) == ["evt_2 x dead", "evt_1 x pending"])
        #expect(try await found(DeliveryFilter(jobID: "a")) == ["evt_1 journal delivered", "evt_1 x pending"])
        #expect(try await found(DeliveryFilter(limit: 1)) == ["evt_2 x dead"])
    }

    @Test(arguments: StoreKind.all) func aReplayBeginsDeliveriesAnewAndKeepsTheirCount(_ kind: StoreKind) async throws {
        let store = kind.place(folder).store()
        let webhook = DeliveryTarget.webhook("a")
        try await store.commit(
            StateBatch(
                events: ["dead", "done"].map { Sample.new($0, [.journal, webhook]) },
                attempts: [
                    DeliveryAttempt(key: .init(eventID: "dead", target: webhook), number: 9, at: Sample.time(8))
                ],
                results: [
                    Sample.result("dead", .dead), Sample.result("done"), Sample.result("dead", to: .journal),
                    Sample.result("done", to: .journal),
                ]
            )
        )
        let replayed = try await store.replay(.dead, at: Sample.time(1000))
        #expect(replayed.map(\.event.id) == ["dead"])
        #expect(replayed.first?.replay == Delivery.Replay(at: Sample.time(1000), attemptsBefore: 9))
        #expect(replayed.first?.nextAttemptAt == Sample.time(1000))
        #expect(try await store.load().pendingDeliveries == replayed)
        #expect(try await store.replay(.pending, at: Sample.time(1001)).map(\.event.id) == ["dead"])
        #expect(try await store.replay(.event("done"), at: Sample.time(1002)).map(\.target) == [webhook])
        #expect(try await store.replay(.event("none"), at: Sample.time(1002)).isEmpty)
        #expect(try await store.replay(.since(Sample.time(101)), at: Sample.time(1003)).isEmpty)
        #expect(try await store.replay(.since(Sample.time(100)), at: Sample.time(1004)).count == 2)
        #expect(try await store.replay(.webhook("a"), at: Sample.time(1005)).count == 2)
        let journal = try await store.deliveries(DeliveryFilter(target: .journal)).records
        #expect(journal.count == 2 && journal.allSatisfy { $0.state == .delivered })
        await store.close()
        #expect(try await kind.place(folder).store().load().pendingDeliveries.count == 2)
    }

    @Test(arguments: StoreKind.all) func aReplayedDeliveryThatArrivesIsCountedAnew(_ kind: StoreKind) async throws {
        let store = kind.place(folder).store()
        try await store.commit(StateBatch(events: [Sample.new("evt_1")], results: [Sample.result("evt_1", .dead)]))
        _ = try await store.replay(.dead, at: Sample.time(300))
        #expect(try await store.deadDeliveries().values.reduce(0, +) == 0)
        try await store.commit(StateBatch(results: [Sample.result("evt_1", at: 301)]))
        let record = try #require(try await store.deliveries(DeliveryFilter()).records.first)
        #expect(record.state == .delivered && record.endedAt == Sample.time(301))
    }
}
