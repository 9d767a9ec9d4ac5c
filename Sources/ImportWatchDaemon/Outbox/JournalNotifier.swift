import Dispatch
import ImportWatch

/// Tells events to the journal; an entry that is not taken within 10 s counts as a failed attempt.
final class JournalNotifier: Notifier {
    private let journal: any Journal

    init(journal: any Journal) {
        self.journal = journal
    }

    func deliver(_ delivery: Delivery, completion: @escaping @MainActor (NotificationOutcome) -> Void) {
        var isDone = false
        let finish: @MainActor (NotificationOutcome) -> Void = { outcome in
            guard !isDone else { return }
            isDone = true
            completion(outcome)
        }
        DispatchQueue.main.asyncAfter(deadline: .now() + .seconds(10)) {
            MainActor.assumeIsolated {
                finish(.retry(NotificationProblem(kind: "timeout", message: "the journal took no entry for 10 s")))
            }
        }
        let journal = journal
        Task {
            do throws(JournalError) {
                try await journal.write(JournalEntry(telling: delivery.event))
                finish(.delivered(httpStatus: nil))
            } catch {
                finish(.retry(NotificationProblem(kind: "journal", message: error.description)))
            }
        }
    }
}
