/// A file of variables as systemd's EnvironmentFile= takes it.
enum EnvironmentFileText {
    /// The variables of a file: one assignment a line, quotes and backslashes as in a shell, comments with `#` or `;`.
    static func variables(_ text: String) -> [String: String] {
        var variables: [String: String] = [:]
        var rest = text[...]
        while !rest.isEmpty {
            rest = rest.drop { $0.isWhitespace }
            if rest.first == "#" || rest.first == ";" {
                rest = rest.drop { !$0.isNewline }
                continue
            }
            let name = rest.prefix { $0 != "=" && !$0.isNewline }
            rest = rest[name.endIndex...]
            guard rest.popFirst() == "=" else { continue }
            let value = value(&rest)
            if isName(name) { variables[String(name)] = value }
        }
        return variables
    }

    /// What stands before the end of a line that is neither quoted nor continued.
    private static func value(_ rest: inout Substring) -> String {
        rest = rest.drop { $0 == " " || $0 == "\t" }
        var (value, blanks, quote) = ("", "", Character?.none)
        while let character = rest.popFirst() {
            if let open = quote {
                if character == open {
                    quote = nil
                } else if character == "\\", open == "\"" {
                    guard let next = rest.popFirst() else { break }
                    if !next.isNewline { value += "\"\\`$".contains(next) ? String(next) : "\\\(next)" }
                } else {
                    value.append(character)
                }
                continue
            }
            if character.isNewline { break }
            if character == " " || character == "\t" {
                blanks.append(character)
                continue
            }
            value += blanks
            blanks = ""
            switch character {
            case "\"", "'": quote = character
            case "\\":
                guard let next = rest.popFirst() else { break }
                if !next.isNewline { value.append(next) }
            default: value.append(character)
            }
        }
        return value
    }

    private static func isName(_ name: Substring) -> Bool {
        guard let first = name.first, !first.isNumber else { return false }
        return name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}
