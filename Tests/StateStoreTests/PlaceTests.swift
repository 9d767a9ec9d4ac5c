import Glibc
import ImportWatch
import TestSupport
import Testing

/// What a place of every kind promises: one daemon at a time, and tools only where none runs.
@Suite struct PlaceTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func kindOfError(_ body: () async throws -> Void) async throws -> StateStoreError.Kind? {
        do {
            try await body()
            return nil
        } catch let error as StateStoreError {
            #expect(!error.description.isEmpty && !error.description.contains("\n"))
            return error.kind
        }
    }

    @Test(arguments: StoreKind.all) func aPlaceIsNamedAlikeByWhoeverNamesIt(_ kind: StoreKind) {
        let (one, other) = (kind.place(folder), kind.place(folder))
        #expect(one.identity == other.identity && one.description == other.description)
        #expect(!one.description.isEmpty && !one.description.contains("\n"))
    }

    @Test(arguments: StoreKind.all) func aSecondDaemonIsTurnedAway(_ kind: StoreKind) async throws {
        let first = kind.place(folder).store()
        _ = try await first.load()
        let second = kind.place(folder).store()
        #expect(try await kindOfError { _ = try await second.load() } == .inUse)
        #expect(try await kindOfError { try await second.commit(StateBatch(jobs: [Sample.job("a")])) } == .inUse)
        try await first.commit(StateBatch())
        await first.close()
        #expect(try await second.load() == StoredState())
    }

    @Test(arguments: StoreKind.all) func aNewStateIsBegunInTheOldOnesPlace(_ kind: StoreKind) async throws {
        let store = kind.place(folder).store()
        try await store.commit(StateBatch(jobs: [Sample.job("old")], events: [Sample.new("evt_old")]))
        let name = try await store.beginAnew(at: Sample.time(1))
        #expect(!name.isEmpty && name != kind.place(folder).description)
        #expect(try await store.load() == StoredState())
        var delivery = Delivery(event: Sample.event("evt_1"), target: .webhook("a"))
        delivery.attempts = 7
        delivery.lastAttemptAt = Sample.time(200)
        delivery.nextAttemptAt = Sample.time(300)
        delivery.replay = Delivery.Replay(at: Sample.time(150), attemptsBefore: 4)
        for _ in 0..<2 { try await store.commit(StateBatch(jobs: [Sample.job("new")], restored: [delivery])) }
        let second = kind.place(folder).store()
        #expect(try await kindOfError { _ = try await second.load() } == .inUse)
        await store.close()
        let state = try await second.load()
        #expect(state.jobs == [Sample.job("new")] && state.pendingDeliveries == [delivery])
    }

    @Test(arguments: StoreKind.all) func aToolReadsAndReplaysWhereNoDaemonRuns(_ kind: StoreKind) async throws {
        let place = kind.place(folder)
        #expect(try await kindOfError { _ = try place.stopped(for: .reading) } == .missing)
        var store: (any StateStore & DeliveryArchive)? = place.store()
        let targets = [DeliveryTarget.webhook("a"), .webhook("b"), .webhook("c")]
        try await store?.commit(
            StateBatch(
                jobs: [Sample.job("a")],
                events: [Sample.new("evt_1", targets)],
                results: [Sample.result("evt_1"), Sample.result("evt_1", .dead, to: .webhook("b"))]
            )
        )
        for purpose in [StatePurpose.reading, .writing] {
            #expect(try await kindOfError { _ = try place.stopped(for: purpose) } == .inUse)
        }
        await store?.close()
        do {
            let stopped = try place.stopped(for: .reading)
            let daemon = place.store()
            #expect(try await kindOfError { _ = try await daemon.load() } == .inUse)
            #expect(try stopped.deliveries(DeliveryFilter(state: .dead)).records.map(\.delivery.target) == [targets[1]])
            let summary = StoppedSummary(
                wasCleanlyStopped: true,
                jobs: [Sample.job("a")],
                targets: [
                    .init(target: targets[0], pending: 0, dead: 0, lastSuccess: Sample.time(200)),
                    .init(target: targets[1], pending: 0, dead: 1, lastSuccess: nil),
                    .init(target: targets[2], pending: 1, dead: 0, lastSuccess: nil),
                ]
            )
            #expect(try stopped.summary() == summary)
        }
        #expect(try place.stopped(for: .writing).replay(.dead, at: Sample.time(500)) == 1)
        store = place.store()
        #expect(try await store?.load().pendingDeliveries.map(\.target) == [targets[1], targets[2]])
    }

    @Test(arguments: StoreKind.all) func aDaemonThatEndedWithoutAWordHasCrashed(_ kind: StoreKind) async throws {
        let place = kind.place(folder)
        var store: (any StateStore & DeliveryArchive)? = place.store()
        try await store?.commit(StateBatch(jobs: [Sample.job("a")]))
        store = nil
        let summary = try place.stopped(for: .reading).summary()
        #expect(!summary.wasCleanlyStopped && summary.jobs == [Sample.job("a")])
        // A tool that changes it does not make up for that.
        _ = try place.stopped(for: .writing).replay(.dead, at: Sample.time(1))
        #expect(try !place.stopped(for: .reading).summary().wasCleanlyStopped)
        #expect(try await place.store().load().jobs == [Sample.job("a")])
    }

    @Test(arguments: StoreKind.all) func whatKeepsADaemonAwayIsSaidBeforeItStarts(_ kind: StoreKind) async throws {
        let place = kind.place(folder)
        func obstacle(pid: Int32?) -> StateStoreError.Kind? {
            place.obstacle(for: StateUser(name: "u", pid: pid, futureFolder: nil, isReadOnly: { _ in false }))?.kind
        }
        #expect(obstacle(pid: 0) == nil)
        let store = place.store()
        _ = try await store.load()
        #expect(obstacle(pid: 0) == .inUse && obstacle(pid: getpid()) == nil && obstacle(pid: nil) == nil)
        await store.close()
        #expect(obstacle(pid: 0) == nil)
    }
}
