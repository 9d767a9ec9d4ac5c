import ImportWatch

/// Hands entries that are no events to the journal, without waiting; at most 1,000 wait there.
final class Reporter {
    private static let limit = 1000

    private let journal: any Journal
    private var waiting = 0
    private var dropped = 0

    init(journal: any Journal) {
        self.journal = journal
    }

    func report(_ entry: JournalEntry) {
        guard waiting < Self.limit else {
            dropped += 1
            return
        }
        waiting += 1
        Task {
            try? await journal.write(entry)
            waiting -= 1
            sayDropped()
        }
    }

    /// Waits until every entry has reached the journal, or failed to.
    func drained() async {
        while waiting > 0 { try? await Task.sleep(for: .milliseconds(1)) }
    }

    private func sayDropped() {
        guard dropped > 0, waiting == 0 else { return }
        let count = dropped
        dropped = 0
        report(.entriesDropped(count))
    }
}
