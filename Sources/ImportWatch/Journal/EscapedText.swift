/// A text read character by character, each as what it stands for under percent-encoding and JSON escapes.
struct EscapedText {
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The character that begins at `position`, its letters in lower case, and where it ends.
    ///
    /// `%3d`, `%253D`, `\u003d`, `\\u003d` and `=` are the same character; bytes beyond ASCII stand for themselves.
    func character(at position: Int) -> (byte: UInt8, end: Int)? {
        guard position < bytes.count else { return nil }
        var byte = bytes[position]
        var end = position + 1
        while true {
            if byte == UInt8(ascii: "%"), let value = hexadecimal(end, digits: 2) {
                (byte, end) = (UInt8(truncatingIfNeeded: value), end + 2)
            } else if byte == UInt8(ascii: "\\"), end < bytes.count, "\\/".utf8.contains(bytes[end]) {
                (byte, end) = (bytes[end], end + 1)
            } else if byte == UInt8(ascii: "\\"), end < bytes.count, bytes[end] | 0x20 == UInt8(ascii: "u"),
                let value = hexadecimal(end + 1, digits: 4), value < 0x80
            {
                (byte, end) = (UInt8(value), end + 5)
            } else {
                return ((65...90).contains(byte) ? byte + 32 : byte, end)
            }
        }
    }

    /// The position after `word` (lower case) if it stands at `position`, however it is written.
    func skip(_ word: String, at position: Int) -> Int? {
        var position = position
        for wanted in word.utf8 {
            guard let character = character(at: position), character.byte == wanted else { return nil }
            position = character.end
        }
        return position
    }

    /// Where a value that begins at `position` ends: at white space, a quote, an angle bracket or `end`.
    func endOfValue(at position: Int, orAt end: UInt8? = nil) -> Int {
        bytes[position...].firstIndex { $0 <= 0x20 || $0 == 0x7F || "\"<>".utf8.contains($0) || $0 == end }
            ?? bytes.count
    }

    /// Whether the byte before `position` belongs to an escape, so that a word may begin here.
    func isInEscape(_ position: Int) -> Bool {
        (1...6).contains { length in
            position >= length && "%\\".utf8.contains(bytes[position - length])
                && character(at: position - length)?.end == position
        }
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    private func hexadecimal(_ position: Int, digits: Int) -> Int? {
        guard position + digits <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[position..<(position + digits)] {
            switch byte {
            case 48...57: value = value << 4 | Int(byte - 48)
            case 65...70, 97...102: value = value << 4 | Int((byte | 0x20) - 87)
            default: return nil
            }
        }
        return value
    }
}
