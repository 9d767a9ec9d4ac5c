import Dispatch
import ImportWatch

/// Tells events to the journal; an entry that is not taken within 10 s counts as a failed attempt.
///
/// Such an entry is still on its way: the next attempt waits for it instead of writing it a second time.
final class JournalNotifier: Notifier {
    private enum Entry {
        /// Handed to the journal; that attempt waits for it, or none any more.
        case underWay(attempt: Int, (@MainActor (NotificationOutcome) -> Void)?)
        /// Taken after its attempt had ended.
        case taken
    }

    private let journal: any Journal
    private let limit: Duration
    private var entries: [String: Entry] = [:]

    init(journal: any Journal, limit: Duration = .seconds(10)) {
        self.journal = journal
        self.limit = limit
    }

    func deliver(_ delivery: Delivery, completion: @escaping @MainActor (NotificationOutcome) -> Void) {
        let (id, attempt) = (delivery.event.id, delivery.attempts)
        let before = entries[id]
        if case .taken? = before {
            entries[id] = nil
            DispatchQueue.main.async { MainActor.assumeIsolated { completion(.delivered(httpStatus: nil)) } }
            return
        }
        entries[id] = .underWay(attempt: attempt, completion)
        DispatchQueue.main.asyncAfter(deadline: .now() + .nanoseconds(Int(limit.nanoseconds))) { [weak self] in
            MainActor.assumeIsolated { self?.endAttempt(attempt, of: id) }
        }
        if before == nil { write(JournalEntry(telling: delivery.event), id) }
    }

    private func write(_ entry: JournalEntry, _ id: String) {
        let journal = journal
        Task {
            do throws(JournalError) {
                try await journal.write(entry)
                finish(id, .delivered(httpStatus: nil))
            } catch {
                finish(id, .retry(NotificationProblem(kind: "journal", message: error.description)))
            }
        }
    }

    private func finish(_ id: String, _ outcome: NotificationOutcome) {
        guard case .underWay(_, let completion)? = entries.removeValue(forKey: id) else { return }
        if let completion { return completion(outcome) }
        if case .delivered = outcome { entries[id] = .taken }
    }

    private func endAttempt(_ attempt: Int, of id: String) {
        guard case .underWay(attempt, let completion?)? = entries[id] else { return }
        entries[id] = .underWay(attempt: attempt, nil)
        let words = "the journal took no entry for \(limit.inWords)"
        completion(.retry(NotificationProblem(kind: "timeout", message: words)))
    }
}
