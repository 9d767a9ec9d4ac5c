/// The rule of redaction as plainly as it can be said, without a thought for the work: what the real one is held against.
enum SlowRedaction {
    /// What stands in a secret's place.
    static let mark = "[redacted]"

    /// The text with every secret replaced by ``mark``.
    static func redact(_ text: String) -> String {
        let reader = SlowEscapedText(Array(text.utf8))
        let bytes = reader.bytes
        guard let first = bytes.indices.first(where: { secret(in: reader, at: $0) != nil }) else { return text }
        var output = Array(bytes[..<first])
        var position = first
        while position < bytes.count {
            if let hidden = secret(in: reader, at: position) {
                output.append(contentsOf: bytes[position..<hidden.lowerBound])
                output.append(contentsOf: mark.utf8)
                position = hidden.upperBound
            } else {
                output.append(bytes[position])
                position += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// What to hide of a secret whose first sign (a name, a prefix, a scheme) begins at `position`.
    private static func secret(in text: SlowEscapedText, at position: Int) -> Range<Int>? {
        switch text.character(at: position)?.byte {
        case UInt8(ascii: "h"): webAddress(in: text, at: position)
        case UInt8(ascii: "x"), UInt8(ascii: "s"): namedValue(in: text, at: position)
        case UInt8(ascii: "a"): accessKeyID(in: text, at: position) ?? namedValue(in: text, at: position)
        case UInt8(ascii: "w"): webhookSecret(in: text, at: position)
        default: nil
        }
    }

    // MARK: Web addresses

    private static func webAddress(in text: SlowEscapedText, at position: Int) -> Range<Int>? {
        guard let authority = text.skip("https://", at: position) ?? text.skip("http://", at: position) else {
            return nil
        }
        var hostEnd = authority
        while let character = text.character(at: hostEnd), isHostByte(character.byte) { hostEnd = character.end }
        let end = text.endOfValue(at: authority)
        var position = hostEnd
        while position < end, let character = text.character(at: position) {
            if "/?#".utf8.contains(character.byte) { break }
            if character.byte == UInt8(ascii: "@") { return authority..<end }
            position = character.end
        }
        guard hostEnd < end else { return nil }
        let hasOnlySlash = text.character(at: hostEnd).map { $0.byte == UInt8(ascii: "/") && $0.end == end } ?? false
        return hasOnlySlash ? nil : hostEnd..<end
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        SlowEscapedText.isAlphanumeric(byte) || ".-:[]_".utf8.contains(byte)
    }

    // MARK: Values with a name

    private static let names = [
        "x-amz-signature", "x-amz-credential", "x-amz-security-token", "aws_secret_access_key", "aws_session_token",
        "secretaccesskey", "sessiontoken",
    ]

    private static func namedValue(in text: SlowEscapedText, at position: Int) -> Range<Int>? {
        for name in names {
            guard var start = text.skip(name, at: position) else { continue }
            var isAssigned = false
            while let character = text.character(at: start), " \t\"'\\=:>".utf8.contains(character.byte) {
                if "=:>".utf8.contains(character.byte) { isAssigned = true }
                start = character.end
            }
            let end = text.endOfValue(at: start, orAt: UInt8(ascii: "&"))
            return isAssigned && start < end ? start..<end : nil
        }
        return nil
    }

    // MARK: Keys

    private static func accessKeyID(in text: SlowEscapedText, at position: Int) -> Range<Int>? {
        let bytes = text.bytes
        guard text.skip("akia", at: position) != nil || text.skip("asia", at: position) != nil,
            position == 0 || !SlowEscapedText.isAlphanumeric(bytes[position - 1]) || text.isInEscape(position)
        else { return nil }
        var end = position
        while end < bytes.count, SlowEscapedText.isAlphanumeric(bytes[end]) { end += 1 }
        return end - position >= 16 ? position..<(end - 4) : nil
    }

    private static func webhookSecret(in text: SlowEscapedText, at position: Int) -> Range<Int>? {
        guard let start = text.skip("whsec_", at: position) ?? text.skip("whsk_", at: position) else { return nil }
        var end = start
        while let character = text.character(at: end),
            SlowEscapedText.isAlphanumeric(character.byte) || "+/=-_%".utf8.contains(character.byte)
        {
            end = character.end
        }
        return end > start ? start..<end : nil
    }
}

/// A text read character by character, each as what it stands for under percent-encoding and JSON escapes.
struct SlowEscapedText {
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
        (0..<position).contains { "%\\".utf8.contains(bytes[$0]) && character(at: $0)?.end == position }
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
