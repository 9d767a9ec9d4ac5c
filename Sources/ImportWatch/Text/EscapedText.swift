/// A text read character by character, each as what it stands for under percent-encoding and JSON escapes.
///
/// What an escape stands for may begin another one, over and over. So what each escape comes to is worked out once, from
/// the end of the text to its beginning; reading a character is then a look-up wherever it begins.
struct EscapedText {
    /// A character in the end, its letters in lower case, and where it ends.
    private struct Meaning {
        var byte: UInt8
        var end: UInt32
    }

    let bytes: [UInt8]
    /// What a `%` comes to whose next byte stands at a position; empty where the text has no escapes.
    private var percents: [Meaning] = []
    /// What a `\` comes to whose next byte stands at a position.
    private var backslashes: [Meaning] = []
    private var endsEscape: [Bool] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.contains(where: Self.beginsEscape) { readEscapes() }
    }

    /// The character that begins at `position`, its letters in lower case, and where it ends.
    ///
    /// `%3d`, `%253D`, `\u003d`, `\\u003d` and `=` are the same character; bytes beyond ASCII stand for themselves.
    func character(at position: Int) -> (byte: UInt8, end: Int)? {
        guard position < bytes.count else { return nil }
        let meaning = meaning(of: bytes[position], upTo: position + 1)
        return (meaning.byte, Int(meaning.end))
    }

    /// The position after `word` (lower case) if it stands at `position`, however it is written.
    func skip(_ word: StaticString, at position: Int) -> Int? {
        word.withUTF8Buffer { word in
            var position = position
            for wanted in word {
                guard let character = character(at: position), character.byte == wanted else { return nil }
                position = character.end
            }
            return position
        }
    }

    /// Where a value that begins at `position` ends: at white space, a quote, an angle bracket or `end`.
    func endOfValue(at position: Int, orAt end: UInt8? = nil) -> Int {
        bytes[position...].firstIndex { $0 <= 0x20 || $0 == 0x7F || "\"<>".utf8.contains($0) || $0 == end }
            ?? bytes.count
    }

    /// Whether an escape ends at `position`, so that a word may begin here.
    func endsEscape(at position: Int) -> Bool {
        !endsEscape.isEmpty && endsEscape[position]
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    static func beginsEscape(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "%") || byte == UInt8(ascii: "\\")
    }

    // MARK: Escapes

    private mutating func readEscapes() {
        let none = Meaning(byte: 0, end: 0)
        percents = Array(repeating: none, count: bytes.count + 1)
        backslashes = percents
        for next in (0...bytes.count).reversed() {
            percents[next] = percent(before: next)
            backslashes[next] = backslash(before: next)
        }
        endsEscape = Array(repeating: false, count: bytes.count + 1)
        for position in bytes.indices where Self.beginsEscape(bytes[position]) {
            endsEscape[Int(meaning(of: bytes[position], upTo: position + 1).end)] = true
        }
    }

    private func meaning(of byte: UInt8, upTo end: Int) -> Meaning {
        if !percents.isEmpty {
            if byte == UInt8(ascii: "%") { return percents[end] }
            if byte == UInt8(ascii: "\\") { return backslashes[end] }
        }
        return Meaning(byte: (65...90).contains(byte) ? byte + 32 : byte, end: UInt32(truncatingIfNeeded: end))
    }

    private func percent(before next: Int) -> Meaning {
        guard let value = hexadecimal(next, digits: 2) else {
            return Meaning(byte: UInt8(ascii: "%"), end: UInt32(truncatingIfNeeded: next))
        }
        return meaning(of: UInt8(truncatingIfNeeded: value), upTo: next + 2)
    }

    private func backslash(before next: Int) -> Meaning {
        if next < bytes.count {
            if "\\/".utf8.contains(bytes[next]) { return meaning(of: bytes[next], upTo: next + 1) }
            if bytes[next] | 0x20 == UInt8(ascii: "u"), let value = hexadecimal(next + 1, digits: 4), value < 0x80 {
                return meaning(of: UInt8(truncatingIfNeeded: value), upTo: next + 5)
            }
        }
        return Meaning(byte: UInt8(ascii: "\\"), end: UInt32(truncatingIfNeeded: next))
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
