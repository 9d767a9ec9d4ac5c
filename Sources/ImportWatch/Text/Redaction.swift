/// The one point that every text passes on its way to a log, a status or an error: secrets in it are replaced.
///
/// What counts as a secret: the path, query and user of any web address (webhooks and pre-signed addresses carry
/// their secret there), parameters of pre-signed requests outside an address, AWS access key IDs (their last four
/// characters stay), values called a secret key or session token, and webhook secrets (`whsec_…`, `whsk_…`). Case and
/// percent-encoding or JSON escapes, over and over, make no difference.
///
/// The work grows with the text's length and no faster, whatever stands in it.
public enum Redaction {
    /// What stands in a secret's place.
    public static let mark = "[redacted]"

    /// The text with every secret replaced by ``mark``.
    public static func redact(_ text: String) -> String {
        var scan = SecretScan(Array(text.utf8), isCut: false)
        return scan.redacted() ?? text
    }

    /// The same for the beginning of a text that is too long to be looked at whole; an ellipsis stands at its end.
    ///
    /// A secret that the cut goes through is hidden, also where only what was cut off would have shown what it is.
    ///
    /// - Parameter limit: The most bytes that are looked at.
    public static func redact(_ text: String, cutAt limit: Int) -> String {
        guard text.utf8.count > limit else { return redact(text) }
        var bytes = Array(text.utf8.prefix(limit + 1))
        // The cut goes before the last whole character.
        while let last = bytes.popLast(), last & 0xC0 == 0x80 {}
        var scan = SecretScan(bytes, isCut: true)
        return (scan.redacted() ?? String(decoding: bytes, as: UTF8.self)) + "…"
    }
}
