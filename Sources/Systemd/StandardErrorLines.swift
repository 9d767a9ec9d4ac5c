import Glibc
import ImportWatch

/// Writes entries as lines to stderr; a line that a stuck reader has no room for is counted and dropped.
struct StandardErrorLines {
    private let descriptor: Int32
    private var dropped = 0

    /// Writes to `descriptor`.
    init(descriptor: Int32 = STDERR_FILENO) {
        self.descriptor = descriptor
    }

    /// Writes a line; false where it was dropped.
    mutating func write(_ entry: JournalEntry, at time: WallTime) -> Bool {
        if dropped > 0, put("\(time.rfc3339) warning: \(dropped) lines were dropped, stderr took none\n") {
            dropped = 0
        }
        guard put(Self.line(entry, at: time)) else {
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

    private func put(_ line: String) -> Bool {
        var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&room, 1, 0) == 1, room.revents & Int16(POLLOUT) != 0 else { return false }
        let bytes = Array(line.utf8)
        return Glibc.write(descriptor, bytes, bytes.count) == bytes.count
    }
}
