/// The one point that every text passes on its way to a log, a status or an error: secrets in it are replaced.
///
/// What counts as a secret: the path, query and user of any web address (webhooks and pre-signed addresses carry
/// their secret there), parameters of pre-signed requests outside an address, AWS access key IDs (their last four
/// characters stay), values called a secret key or session token, and webhook secrets (`whsec_…`, `whsk_…`). Case and
/// percent-encoding or JSON escapes, over and over, make no difference.
public enum Redaction {
    /// What stands in a secret's place.
    public static let mark = "[redacted]"

    /// The text with every secret replaced by ``mark``.
    public static func redact(_ text: String) -> String {
        let reader = EscapedText(Array(text.utf8))
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
    private static func secret(in text: EscapedText, at position: Int) -> Range<Int>? {
        switch text.character(at: position)?.byte {
        case UInt8(ascii: "h"): webAddress(in: text, at: position)
        case UInt8(ascii: "x"), UInt8(ascii: "s"): namedValue(in: text, at: position)
        case UInt8(ascii: "a"): accessKeyID(in: text, at: position) ?? namedValue(in: text, at: position)
        case UInt8(ascii: "w"): webhookSecret(in: text, at: position)
        default: nil
        }
    }

    // MARK: Web addresses

    private static func webAddress(in text: EscapedText, at position: Int) -> Range<Int>? {
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
        EscapedText.isAlphanumeric(byte) || ".-:[]_".utf8.contains(byte)
    }

    // MARK: Values with a name

    private static let names = [
        "x-amz-signature", "x-amz-credential", "x-amz-security-token", "aws_secret_access_key", "aws_session_token",
        "secretaccesskey", "sessiontoken",
    ]

    private static func namedValue(in text: EscapedText, at position: Int) -> Range<Int>? {
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

    private static func accessKeyID(in text: EscapedText, at position: Int) -> Range<Int>? {
        let bytes = text.bytes
        guard text.skip("akia", at: position) != nil || text.skip("asia", at: position) != nil,
            position == 0 || !EscapedText.isAlphanumeric(bytes[position - 1]) || text.isInEscape(position)
        else { return nil }
        var end = position
        while end < bytes.count, EscapedText.isAlphanumeric(bytes[end]) { end += 1 }
        return end - position >= 16 ? position..<(end - 4) : nil
    }

    private static func webhookSecret(in text: EscapedText, at position: Int) -> Range<Int>? {
        guard let start = text.skip("whsec_", at: position) ?? text.skip("whsk_", at: position) else { return nil }
        var end = start
        while let character = text.character(at: end),
            EscapedText.isAlphanumeric(character.byte) || "+/=-_%".utf8.contains(character.byte)
        {
            end = character.end
        }
        return end > start ? start..<end : nil
    }
}
