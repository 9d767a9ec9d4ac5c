/// The journal entries about the state.
extension JournalEntry {
    static func stateAvailable(after time: Duration, failures: Int) -> JournalEntry {
        JournalEntry(
            kind: .stateAvailable,
            priority: .notice,
            message: "the state can be written again after \(time.inWords) and \(failures.counted("failed attempt"))"
        )
    }

    static func stateUnavailable(_ error: StateStoreError) -> JournalEntry {
        JournalEntry(
            kind: .stateUnavailable,
            priority: .critical,
            message: "\(error); polling goes on, notifications wait until it can be written"
        )
    }

    /// A state that can't be used gave way to a new one.
    ///
    /// - Parameter name: Where the old one is now.
    public static func stateSetAside(_ error: StateStoreError, name: String) -> JournalEntry {
        // Of one that was lost or deleted nothing may be left to be moved.
        let isLost = if case .corrupt = error { false } else { true }
        return JournalEntry(
            kind: .stateSetAside,
            priority: .critical,
            message: "\(error); " + (isLost ? "" : "it was moved to \(name), and ") + "a new one is begun"
        )
    }

    /// Some of a state can't be read.
    public static func rowsUnreadable(_ rows: UnreadableRows, path: String) -> JournalEntry {
        let jobs = "\(rows.jobs) job\(rows.jobs == 1 ? "" : "s")"
        let deliveries = "\(rows.deliveries) pending notification\(rows.deliveries == 1 ? "" : "s")"
        let counted = rows.jobs == 0 ? deliveries : rows.deliveries == 0 ? jobs : "\(jobs) and \(deliveries)"
        return JournalEntry(
            kind: .stateRowsUnreadable,
            priority: .error,
            message: "state \(path): \(counted) can't be read and stay as they are; a newer importwatchd wrote them, "
                + "or the file is damaged: " + rows.examples.joined(separator: "; ").inOneLine
        )
    }
}
