/// Takes entries for the journal; each call runs off the main queue and may block there.
public protocol Journal: Sendable {
    /// Writes one entry and returns when the journal (or what stands in for it) has taken it.
    func write(_ entry: JournalEntry) async throws(JournalError)
}

/// Why an entry did not reach the journal.
public enum JournalError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The journal's socket is missing although a journal is expected.
    case unavailable
    /// The journal refused the entry.
    case failed(reason: String)

    /// One line for a person.
    public var description: String {
        switch self {
        case .unavailable: "the journal's socket is missing; is systemd-journald running?"
        case .failed(let reason): "the journal took no entry: \(reason)"
        }
    }
}
