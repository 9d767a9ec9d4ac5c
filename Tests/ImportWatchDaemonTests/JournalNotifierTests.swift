import ImportWatch
import Testing

@testable import ImportWatchDaemon

@MainActor @Suite struct JournalNotifierTests {
    /// A journal that takes an entry only when it is let.
    private actor StoppedJournal: Journal {
        private(set) var begun = 0
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func write(_ entry: JournalEntry) async throws(JournalError) {
            begun += 1
            await withCheckedContinuation { waiting.append($0) }
        }

        func goOn() {
            for continuation in waiting { continuation.resume() }
            waiting = []
        }
    }

    private func attempt(_ notifier: JournalNotifier, _ delivery: Delivery) async -> NotificationOutcome {
        await withCheckedContinuation { continuation in
            notifier.deliver(delivery) { continuation.resume(returning: $0) }
        }
    }

    private var delivery: Delivery {
        let event = JobEvent(
            id: "evt_1",
            type: .completed,
            occurredAt: WallTime(millisecondsSinceEpoch: 0),
            source: "default",
            region: "eu-west-1",
            job: ImportJob(id: "a", status: .completed),
            previousStatus: nil,
            requestID: nil
        )
        return Delivery(event: event, target: .journal)
    }

    @Test func anEntryThatTheJournalIsSlowToTakeIsWrittenOnce() async {
        let journal = StoppedJournal()
        let notifier = JournalNotifier(journal: journal, limit: .milliseconds(20))
        var delivery = delivery
        for number in 1...2 {
            delivery.attempts = number
            guard case .retry(let problem) = await attempt(notifier, delivery) else {
                Issue.record("attempt \(number) did not run out of time")
                return
            }
            #expect(problem.kind == "timeout")
        }
        await journal.goOn()
        // On a busy machine some more attempts run out of time before the news gets here.
        repeat { delivery.attempts += 1 } while await attempt(notifier, delivery) != .delivered(httpStatus: nil)
        #expect(await journal.begun == 1)
    }
}
