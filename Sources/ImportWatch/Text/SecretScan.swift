/// Looks for secrets in a text, once from its beginning to its end.
///
/// A sign of a secret (a name, a prefix, a scheme) is looked for at every byte, for a text may be cut or escaped in any
/// way. What follows a sign is looked at once: signs that begin at different escapes of one run end at the same place,
/// and what was found there is remembered.
struct SecretScan {
    private let text: EscapedText
    private let isCut: Bool
    private var lastAddress: (authority: Int, hidden: Range<Int>?) = (-1, nil)
    private var lastName: (end: Int, hidden: Range<Int>?) = (-1, nil)
    /// How many characters were looked at.
    private(set) var steps = 0

    /// Looks at `bytes`.
    ///
    /// - Parameter isCut: Whether more text followed, so that what ends with these bytes may have been longer.
    init(_ bytes: [UInt8], isCut: Bool) {
        text = EscapedText(bytes)
        self.isCut = isCut
    }

    /// The text with its secrets replaced; `nil` where it has none.
    mutating func redacted() -> String? {
        let bytes = text.bytes
        var output: [UInt8] = []
        var copied = 0
        var position = 0
        while position < bytes.count {
            guard let hidden = secret(at: position) else {
                position += 1
                continue
            }
            output.append(contentsOf: bytes[copied..<hidden.lowerBound])
            output.append(contentsOf: Redaction.mark.utf8)
            position = hidden.upperBound
            copied = position
        }
        guard copied > 0 else { return nil }
        output.append(contentsOf: bytes[copied...])
        return String(decoding: output, as: UTF8.self)
    }

    /// What to hide of a secret whose first sign begins at `position`.
    private mutating func secret(at position: Int) -> Range<Int>? {
        steps += 1
        switch text.character(at: position)?.byte {
        case UInt8(ascii: "h"): return webAddress(at: position)
        case UInt8(ascii: "x"), UInt8(ascii: "s"): return namedValue(at: position)
        case UInt8(ascii: "a"): return accessKeyID(at: position) ?? namedValue(at: position)
        case UInt8(ascii: "w"): return webhookSecret(at: position)
        default: return nil
        }
    }

    // MARK: Web addresses

    private mutating func webAddress(at position: Int) -> Range<Int>? {
        guard let authority = text.skip("https://", at: position) ?? text.skip("http://", at: position) else {
            return nil
        }
        if lastAddress.authority != authority { lastAddress = (authority, hiddenPart(ofAddressWith: authority)) }
        return lastAddress.hidden
    }

    private mutating func hiddenPart(ofAddressWith authority: Int) -> Range<Int>? {
        var hostEnd = authority
        while let character = text.character(at: hostEnd), Self.isHostByte(character.byte) {
            hostEnd = character.end
            steps += 1
        }
        let end = text.endOfValue(at: authority)
        steps += end - authority
        var position = hostEnd
        while position < end, let character = text.character(at: position) {
            if "/?#".utf8.contains(character.byte) { break }
            if character.byte == UInt8(ascii: "@") { return authority..<end }
            position = character.end
            steps += 1
        }
        // What was cut off may have shown that this is a user and a password.
        if isCut, position >= text.bytes.count, authority < end { return authority..<end }
        guard hostEnd < end else { return nil }
        let hasOnlySlash = text.character(at: hostEnd).map { $0.byte == UInt8(ascii: "/") && $0.end == end } ?? false
        return hasOnlySlash ? nil : hostEnd..<end
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        EscapedText.isAlphanumeric(byte) || ".-:[]_".utf8.contains(byte)
    }

    // MARK: Values with a name

    private static let names: [StaticString] = [
        "x-amz-signature", "x-amz-credential", "x-amz-security-token", "aws_secret_access_key", "aws_session_token",
        "secretaccesskey", "sessiontoken",
    ]

    private mutating func namedValue(at position: Int) -> Range<Int>? {
        for name in Self.names {
            guard let end = text.skip(name, at: position) else { continue }
            if lastName.end != end { lastName = (end, value(after: end)) }
            return lastName.hidden
        }
        return nil
    }

    private mutating func value(after name: Int) -> Range<Int>? {
        var start = name
        var isAssigned = false
        while let character = text.character(at: start), " \t\"'\\=:>".utf8.contains(character.byte) {
            if "=:>".utf8.contains(character.byte) { isAssigned = true }
            start = character.end
            steps += 1
        }
        guard isAssigned else { return nil }
        let end = text.endOfValue(at: start, orAt: UInt8(ascii: "&"))
        steps += end - start
        return start < end ? start..<end : nil
    }

    // MARK: Keys

    private mutating func accessKeyID(at position: Int) -> Range<Int>? {
        let bytes = text.bytes
        guard text.skip("akia", at: position) != nil || text.skip("asia", at: position) != nil,
            position == 0 || !EscapedText.isAlphanumeric(bytes[position - 1]) || text.endsEscape(at: position)
        else { return nil }
        var end = position
        while end < bytes.count, EscapedText.isAlphanumeric(bytes[end]) { end += 1 }
        steps += end - position
        if isCut, end == bytes.count, end > position { return position..<end }
        return end - position >= 16 ? position..<(end - 4) : nil
    }

    private mutating func webhookSecret(at position: Int) -> Range<Int>? {
        guard let start = text.skip("whsec_", at: position) ?? text.skip("whsk_", at: position) else { return nil }
        var end = start
        while let character = text.character(at: end),
            EscapedText.isAlphanumeric(character.byte) || "+/=-_%".utf8.contains(character.byte)
        {
            end = character.end
            steps += 1
        }
        return end > start ? start..<end : nil
    }
}
