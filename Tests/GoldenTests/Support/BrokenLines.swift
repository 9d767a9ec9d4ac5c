/// Writes JSON over many lines so that a difference is seen in its line; every other byte stays as it is.
enum BrokenLines {
    /// What a program printed, with each line that is a JSON object broken.
    static func output(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("{") ? json(String($0)) : String($0) }.joined(separator: "\n")
    }

    static func json(_ text: String) -> String {
        var output = ""
        var depth = 0
        var isInString = false
        var last: Character = " "
        func breakLine() { output += "\n" + String(repeating: "  ", count: depth) }
        for character in text {
            if !isInString {
                let isEnd = character == "}" || character == "]"
                if isEnd { depth -= 1 }
                // Nothing is broken between `{` and `}`.
                if last == "," || (last == "{" || last == "[") && !isEnd || isEnd && last != "{" && last != "[" {
                    breakLine()
                }
                if character == "{" || character == "[" { depth += 1 }
                isInString = character == "\""
            } else if character == "\"", !isEscaped(output) {
                isInString = false
            }
            output.append(character)
            last = isInString ? " " : character
        }
        return output
    }

    /// Whether a text ends with an odd number of backslashes.
    private static func isEscaped(_ text: String) -> Bool {
        text.reversed().prefix { $0 == "\\" }.count % 2 == 1
    }
}
