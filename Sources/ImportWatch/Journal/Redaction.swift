/// The one point that every text passes on its way to a log, a status or an error: secrets in it are replaced.
///
/// What counts as a secret: the path, query and user of any web address (webhooks and pre-signed addresses carry
/// their secret there), parameters of pre-signed requests outside an address, AWS access key IDs (their last four
/// characters stay), and webhook secrets (`whsec_…`, `whsk_…`). Percent-encoded and JSON-escaped forms count too.
public enum Redaction {
    /// What stands in a secret's place.
    public static let mark = "[redacted]"

    /// The text with every secret replaced by ``mark``.
    public static func redact(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard let first = bytes.indices.first(where: { secret(in: bytes, at: $0) != nil }) else { return text }
        var output = Array(bytes[..<first])
        var position = first
        while position < bytes.count {
            if let found = secret(in: bytes, at: position) {
                output.append(contentsOf: bytes[position..<found.visiblePrefixEnd])
                output.append(contentsOf: mark.utf8)
                output.append(contentsOf: bytes[found.visibleSuffixStart..<found.end])
                position = found.end
            } else {
                output.append(bytes[position])
                position += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private struct Secret {
        var visiblePrefixEnd: Int
        var visibleSuffixStart: Int
        var end: Int

        init(hiding range: Range<Int>) {
            visiblePrefixEnd = range.lowerBound
            visibleSuffixStart = range.upperBound
            end = range.upperBound
        }
    }

    private static func secret(in bytes: [UInt8], at position: Int) -> Secret? {
        switch bytes[position] | 0x20 {
        case UInt8(ascii: "h"): webAddress(in: bytes, at: position)
        case UInt8(ascii: "x"): signingParameter(in: bytes, at: position)
        case UInt8(ascii: "a"): accessKeyID(in: bytes, at: position)
        case UInt8(ascii: "w"): webhookSecret(in: bytes, at: position)
        default: nil
        }
    }

    // MARK: Web addresses

    /// How `:` and `/` can be written inside a text that is itself percent-encoded (once or twice) or JSON-escaped.
    private static let colons = [":", "%3a", "%253a", "\\u003a"]
    private static let slashes = ["/", "\\/", "%2f", "%252f", "\\u002f"]

    private static func webAddress(in bytes: [UInt8], at position: Int) -> Secret? {
        guard var end = skip("https", in: bytes, at: position) ?? skip("http", in: bytes, at: position),
            let afterColon = skip(oneOf: colons, in: bytes, at: end),
            let afterFirst = skip(oneOf: slashes, in: bytes, at: afterColon),
            let authority = skip(oneOf: slashes, in: bytes, at: afterFirst)
        else { return nil }
        end = authority
        while end < bytes.count, isAddressByte(bytes[end]) { end += 1 }
        var hostEnd = authority
        while hostEnd < end, isHostByte(bytes[hostEnd]) { hostEnd += 1 }
        let hasUser = hostEnd < end && bytes[hostEnd] == UInt8(ascii: "@")
        let bareSlash = hostEnd + 1 == end && bytes[hostEnd] == UInt8(ascii: "/")
        if hostEnd == end || bareSlash { return nil }
        return Secret(
            hiding: (hasUser || bytes[authority..<hostEnd].contains(UInt8(ascii: "%")) ? authority : hostEnd)..<end
        )
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte != 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "<")
            && byte != UInt8(ascii: ">")
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ":")
            || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "_")
    }

    // MARK: Parameters of pre-signed requests

    private static let signingParameters = ["x-amz-signature", "x-amz-credential", "x-amz-security-token"]
    private static let assignments = ["=", "%3d", "%253d", "\\u003d", "\": \"", "\":\"", ": ", ":"]

    private static func signingParameter(in bytes: [UInt8], at position: Int) -> Secret? {
        guard let nameEnd = skip(oneOf: signingParameters, in: bytes, at: position),
            let start = skip(oneOf: assignments, in: bytes, at: nameEnd)
        else { return nil }
        var end = start
        while end < bytes.count, isAddressByte(bytes[end]), bytes[end] != UInt8(ascii: "&") { end += 1 }
        return end > start ? Secret(hiding: start..<end) : nil
    }

    // MARK: Keys

    private static func accessKeyID(in bytes: [UInt8], at position: Int) -> Secret? {
        let prefix = bytes[position...].prefix(4)
        guard prefix.elementsEqual("AKIA".utf8) || prefix.elementsEqual("ASIA".utf8),
            position == 0 || !isAlphanumeric(bytes[position - 1])
        else { return nil }
        var end = position
        while end < bytes.count, isAlphanumeric(bytes[end]) { end += 1 }
        guard end - position >= 16 else { return nil }
        var secret = Secret(hiding: position..<(end - 4))
        secret.end = end
        return secret
    }

    private static func webhookSecret(in bytes: [UInt8], at position: Int) -> Secret? {
        guard let start = skip("whsec_", in: bytes, at: position) ?? skip("whsk_", in: bytes, at: position) else {
            return nil
        }
        var end = start
        while end < bytes.count, isAlphanumeric(bytes[end]) || "+/=-_%".utf8.contains(bytes[end]) { end += 1 }
        return end > start ? Secret(hiding: start..<end) : nil
    }

    // MARK: Reading

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }

    /// The position after `word` (lower case) if it stands at `position` in any case.
    private static func skip(_ word: String, in bytes: [UInt8], at position: Int) -> Int? {
        let end = position + word.utf8.count
        guard end <= bytes.count else { return nil }
        for (byte, wanted) in zip(bytes[position..<end], word.utf8) {
            let lowered = (65...90).contains(byte) ? byte + 32 : byte
            guard lowered == wanted else { return nil }
        }
        return end
    }

    private static func skip(oneOf words: [String], in bytes: [UInt8], at position: Int) -> Int? {
        for word in words {
            if let end = skip(word, in: bytes, at: position) { return end }
        }
        return nil
    }
}
