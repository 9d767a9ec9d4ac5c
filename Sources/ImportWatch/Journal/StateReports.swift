/// The journal entries about the state that are no matter of a start.
enum StateReports {
    static func available(after time: Duration, failures: Int) -> JournalEntry {
        JournalEntry(
            kind: .stateAvailable,
            priority: .notice,
            message: "the state can be written again after \(time.inWords) and \(failures.counted("failed attempt"))"
        )
    }

    static func unavailable(_ error: StateStoreError) -> JournalEntry {
        JournalEntry(
            kind: .stateUnavailable,
            priority: .critical,
            message: "\(error); polling goes on, notifications wait until it can be written"
        )
    }
}
