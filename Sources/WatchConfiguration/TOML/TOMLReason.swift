import ImportWatch

/// Puts the parser's account of a syntax error in our words, without what it quotes of the text.
enum TOMLReason {
    static func inWords(_ reason: String) -> String {
        var text = withoutQuotation(reason)
        for opening in ["Error while parsing ", "Encountered "] where text.hasPrefix(opening) {
            text = (opening.hasPrefix("Error") ? "bad TOML in " : "bad TOML: ") + text.dropFirst(opening.count)
        }
        if !text.hasPrefix("bad TOML") { text = "bad TOML: " + text }
        return (text + hint(for: text)).printable(upTo: 240)
    }

    /// The reason with what it quotes hidden, but for a single character and the names of keys.
    ///
    /// Where the parser quotes more, it says that a name is there already or that a value is none; what stands between
    /// its first and its last quote may then hold quotes itself.
    private static func withoutQuotation(_ reason: String) -> String {
        let quotesText = [" cannot ", " interpret ", "representable", ": '"].contains(where: reason.contains)
        let start =
            quotesText
            ? reason.firstIndex(of: "'") : reason.firstRange(of: "saw '").map { reason.index(before: $0.upperBound) }
        guard let start, let end = reason.lastIndex(of: "'"), start < end else { return reason }
        let quotation = reason[reason.index(after: start)..<end]
        let isShort =
            !quotesText && (quotation.unicodeScalars.count <= 1 || quotation.first == "\\" && quotation.count <= 10)
        guard !isShort, !KeyHomes.isKey(quotation) else { return reason }
        return reason[...start] + Redaction.mark + reason[end...]
    }

    private static func hint(for text: String) -> String {
        if text.hasSuffix("could not determine value type") { return "; text stands in quotes" }
        if text.contains("unescaped control characters") { return "; a closing quote may be missing" }
        let isDuration = ["'s'", "'m'", "'h'"].contains { text.hasSuffix("integer: expected digit, saw \($0)") }
        return isDuration ? "; durations stand in quotes, such as \"5s\"" : ""
    }
}
