import ImportWatch

extension String {
    /// The text in one line of at most `length` characters and without secrets.
    func printable(upTo length: Int = 64) -> String {
        let safe = Redaction.redact(self, cutAt: 16 * length).inOneLine
        // Scalars: one character of a reader may have any number of them.
        guard
            let end = safe.unicodeScalars.index(
                safe.unicodeScalars.startIndex,
                offsetBy: length + 1,
                limitedBy: safe.unicodeScalars.endIndex
            )
        else { return safe }
        return String(safe.unicodeScalars[..<end].dropLast()) + "…"
    }

    /// The text as a complaint quotes it: itself where it is written like the words of a configuration, else
    /// ``Redaction/mark``, for someone may have written a secret in the wrong place.
    ///
    /// A word has letters, `-`, `_` and `.`, at most 40, and from 16 on of one case.
    var quoted: String {
        let isWord = utf8.count <= 40 && utf8.allSatisfy { Self.isLetter($0) || "-_.".utf8.contains($0) }
        let hasOneCase = utf8.count < 16 || self == lowercased() || self == uppercased()
        return isWord && hasOneCase ? self : Redaction.mark
    }

    /// The ID of a job as a complaint quotes it: all but a text that is made like a secret.
    var quotedID: String { isLikeSecret ? Redaction.mark : printable() }

    /// The text with `value` hidden in it where that is made like a secret.
    func hiding(_ value: String) -> String {
        value.isLikeSecret ? replacing(value, with: Redaction.mark) : self
    }

    /// Whether 20 or more characters of base64 stand in a row, capital and small letters and digits among them.
    private var isLikeSecret: Bool {
        utf8.split { !Self.isLetter($0) && !Self.isDigit($0) && !"+/=_-".utf8.contains($0) }.contains { run in
            run.count >= 20 && run.first != UInt8(ascii: "/") && run.contains(where: Self.isDigit)
                && run.contains { (65...90).contains($0) } && run.contains { (97...122).contains($0) }
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) }

    private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
}
