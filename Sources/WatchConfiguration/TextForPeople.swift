import ImportWatch

extension String {
    /// The text in one line of at most 64 characters and without secrets, for use in a message.
    var printable: String { printable(upTo: 64) }

    /// The text in one line of at most `length` characters and without secrets.
    func printable(upTo length: Int) -> String {
        let safe = Redaction.redact(self).inOneLine
        return safe.count > length ? safe.prefix(length) + "…" : safe
    }
}

extension StringProtocol {
    /// The text without white space at its ends.
    var trimmingWhitespace: SubSequence {
        let start = firstIndex { !$0.isWhitespace } ?? endIndex
        let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? start
        return self[start..<end]
    }
}
