import Glibc
import ImportWatch

/// Writes entries as lines to stderr; a line that a stuck reader has no room for is counted and dropped.
struct StandardErrorLines {
    private var dropped = 0

    mutating func write(_ entry: JournalEntry, at time: WallTime) {
        if dropped > 0, put("\(time.rfc3339) warning: \(dropped) lines were dropped, stderr took none\n") {
            dropped = 0
        }
        if !put(Self.line(entry, at: time)) { dropped += 1 }
    }

    static func line(_ entry: JournalEntry, at time: WallTime) -> String {
        let word =
            switch entry.priority {
            case .critical: "critical: "
            case .error: "error: "
            case .warning: "warning: "
            case .notice, .info: ""
            }
        let message = entry.message.unicodeScalars.map { scalar in
            scalar.properties.generalCategory == .control ? " " : String(scalar)
        }
        return "\(time.rfc3339) \(word)\(message.joined())\n"
    }

    private func put(_ line: String) -> Bool {
        var room = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        guard poll(&room, 1, 0) == 1, room.revents & Int16(POLLOUT) != 0 else { return false }
        let bytes = Array(line.utf8)
        return Glibc.write(STDERR_FILENO, bytes, bytes.count) == bytes.count
    }
}
