/// Puts the parser's account of a syntax error in our words.
enum TOMLReason {
    static func inWords(_ reason: String) -> String {
        var text = reason
        for opening in ["Error while parsing ", "Encountered "] where text.hasPrefix(opening) {
            text = (opening.hasPrefix("Error") ? "bad TOML in " : "bad TOML: ") + text.dropFirst(opening.count)
        }
        if !text.hasPrefix("bad TOML") { text = "bad TOML: " + text }
        return (text + hint(for: text)).printable(upTo: 240)
    }

    private static func hint(for text: String) -> String {
        if text.hasSuffix("could not determine value type") { return "; text stands in quotes" }
        if text.contains("unescaped control characters") { return "; a closing quote may be missing" }
        let isDuration = ["'s'", "'m'", "'h'"].contains { text.hasSuffix("integer: expected digit, saw \($0)") }
        return isDuration ? "; durations stand in quotes, such as \"5s\"" : ""
    }
}
