import ImportWatch

/// Writes entries as lines to stderr; a line that a stuck reader has no room for is counted and dropped.
///
/// A line that had room for its beginning alone is ended with an ellipsis before the next one, and counts as dropped.
struct StandardErrorLines {
    private let output: UnblockedOutput
    private var dropped = 0
    private var isLineOpen = false

    /// Writes to `descriptor`.
    init(descriptor: Int32 = 2) {
        output = UnblockedOutput(descriptor: descriptor)
    }

    /// Writes a line; false where it was dropped, whole or in part.
    mutating func write(_ entry: JournalEntry, at time: WallTime) -> Bool {
        if dropped > 0,
            put("\(time.rfc3339) warning: \(dropped.counted("line was", "lines were")) dropped, stderr had no room\n")
        {
            dropped = 0
        }
        guard dropped == 0, put(Self.line(entry, at: time)) else {
            dropped += 1
            return false
        }
        return true
    }

    static func line(_ entry: JournalEntry, at time: WallTime) -> String {
        let word =
            switch entry.priority {
            case .critical: "critical: "
            case .error: "error: "
            case .warning: "warning: "
            case .notice, .info: ""
            }
        let message = String(entry.message.map { $0.isWhitespace ? " " : $0 }).inOneLine
        return "\(time.rfc3339) \(word)\(message)\n"
    }

    private mutating func put(_ line: String) -> Bool {
        let bytes = Array((isLineOpen ? "…\n" + line : line).utf8)
        let written = output.write(bytes)
        if written > 0 { isLineOpen = bytes[written - 1] != UInt8(ascii: "\n") }
        return written == bytes.count
    }
}
