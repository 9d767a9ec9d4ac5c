import CSystemd
import Glibc
import ImportWatch

/// Writes entries to the journal, and readable lines to stderr, on a queue of its own: journald may block.
///
/// Entries go to the journal wherever its socket exists. Under systemd a missing socket means that an entry was not
/// written; elsewhere stderr stands in for the journal and counts. A line goes to stderr as well, unless stderr is
/// itself the journal.
public actor JournalWriter: Journal {
    private static let socketPath = "/run/systemd/journal/socket"

    private let executor = QueueExecutor(label: "importwatchd.journal")
    private let identifier: String
    private let isUnderSystemd: Bool
    private let stderrIsJournal: Bool
    private let now: @Sendable () -> WallTime
    private var lines: StandardErrorLines

    /// The queue that every call runs on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Makes a writer.
    ///
    /// - Parameters:
    ///   - identifier: The SYSLOG_IDENTIFIER.
    ///   - environment: For JOURNAL_STREAM, INVOCATION_ID and NOTIFY_SOCKET.
    ///   - now: The time that stands before the lines on stderr.
    public init(identifier: String, environment: [String: String], now: @escaping @Sendable () -> WallTime) {
        self.identifier = identifier
        self.now = now
        isUnderSystemd = Self.isUnderSystemd(environment)
        stderrIsJournal = Self.isStandardError(environment["JOURNAL_STREAM"])
        lines = StandardErrorLines()
    }

    /// Whether systemd runs this process, by the variables that it sets.
    public static func isUnderSystemd(_ environment: [String: String]) -> Bool {
        ["JOURNAL_STREAM", "INVOCATION_ID", "NOTIFY_SOCKET"].contains { environment[$0] != nil }
    }

    /// Writes one entry.
    public func write(_ entry: JournalEntry) throws(JournalError) {
        let hasLine = stderrIsJournal || lines.write(entry, at: now())
        guard access(Self.socketPath, F_OK) == 0 else {
            if isUnderSystemd || !hasLine { throw .unavailable }
            return
        }
        try send(entry)
    }

    private func send(_ entry: JournalEntry) throws(JournalError) {
        var fields = [
            "MESSAGE=\(entry.message)", "PRIORITY=\(entry.priority.rawValue)",
            "MESSAGE_ID=\(entry.kind.messageID)", "SYSLOG_IDENTIFIER=\(identifier)",
        ]
        for (field, value) in entry.fields { fields.append("\(field.rawValue)=\(value)") }
        let code = Self.send(fields.map { Array($0.utf8) })
        guard code >= 0 else { throw .failed(reason: String(cString: strerror(-code))) }
    }

    private static func send(_ fields: [[UInt8]]) -> Int32 {
        let joined = fields.flatMap { $0 }
        return joined.withUnsafeBytes { buffer in
            var vectors: [iovec] = []
            var start = buffer.baseAddress
            for field in fields {
                vectors.append(iovec(iov_base: UnsafeMutableRawPointer(mutating: start), iov_len: field.count))
                start = start?.advanced(by: field.count)
            }
            return sd_journal_sendv(vectors, Int32(vectors.count))
        }
    }

    /// Whether JOURNAL_STREAM (`device:inode`) names what stderr is.
    private static func isStandardError(_ stream: String?) -> Bool {
        guard let parts = stream?.split(separator: ":"), parts.count == 2 else { return false }
        var status = stat()
        guard fstat(STDERR_FILENO, &status) == 0 else { return false }
        return parts[0] == "\(status.st_dev)" && parts[1] == "\(status.st_ino)"
    }
}
