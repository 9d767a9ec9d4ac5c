import ImportWatch
import Platform
import Testing

@testable import ImportWatchDaemon

@MainActor @Suite struct StateWriterTests {
    /// A store whose disk hangs until it is let go on.
    private actor HangingStore: StateStore {
        private var waiting: [CheckedContinuation<Void, Never>] = []
        private(set) var commits = 0

        func load() async throws(StateStoreError) -> StoredState { StoredState() }

        func commit(_ batch: StateBatch) async throws(StateStoreError) -> [Delivery] {
            commits += 1
            await withCheckedContinuation { waiting.append($0) }
            return []
        }

        func setAside(at time: WallTime) async throws(StateStoreError) -> String { "" }

        func close() async {}

        func goOn() {
            for continuation in waiting { continuation.resume() }
            waiting = []
        }
    }

    private actor RecordingJournal: Journal {
        private(set) var entries: [JournalEntry] = []

        func write(_ entry: JournalEntry) async throws(JournalError) { entries.append(entry) }
    }

    @Test func aCommitThatHangsIsSaidOnceAndSoIsItsEnd() async throws {
        let (store, journal, clock) = (HangingStore(), RecordingJournal(), SystemClock())
        let reporter = Reporter(journal: journal)
        let writer = StateWriter(store: store, reporter: reporter, clock: clock, patience: .milliseconds(50))
        var committed = 0
        writer.onCommitted = { _, _ in committed += 1 }
        let key = JobKey(region: "eu-west-1", id: "a")
        writer.add { $0.note(JobRecord(key: key, source: "default", firstSeenAt: clock.wall())) }
        writer.commitWaiting()
        #expect(writer.problem == nil)
        let never = MonotonicInstant(nanoseconds: .max)
        let due = try #require(writer.nextAttempt(pruning: never))
        while clock.now() < due { try await Task.sleep(for: .milliseconds(5)) }
        for _ in 0..<3 { writer.commitWaiting() }
        guard case .slow(let time)? = writer.problem else {
            Issue.record("nothing is shown: \(String(describing: writer.problem))")
            return
        }
        #expect(time >= .milliseconds(50))
        #expect(writer.nextAttempt(pruning: never) == nil)
        #expect(await store.commits == 1)

        while committed == 0 {
            await store.goOn()
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(writer.problem == nil)
        await reporter.drained()
        #expect(await journal.entries.map(\.kind) == [.stateUnavailable, .stateAvailable])
    }
}
