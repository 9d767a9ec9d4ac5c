/// A line of a configuration file as a complaint may show it: its shape, and only words that can't be a secret.
///
/// The line may be broken in any way, or stand inside a longer string, so nothing is made of its quotes. Shown are
/// punctuation, the names of keys and tables that a configuration has, and after the `=` of a key whose value is never a
/// secret also numbers, durations and the words that such keys take. All else becomes `*`, and so does what follows a
/// `#`. Each character stays one character, so that a caret under the line points at the same place.
public enum MaskedLine {
    /// The most characters that are shown.
    public static let limit = 200

    /// The line, masked.
    public static func text(_ line: String) -> String {
        var output = ""
        var word: [Unicode.Scalar] = []
        var key: String?
        var last: String?
        var isComment = false
        func end() {
            guard !word.isEmpty else { return }
            let text = String(String.UnicodeScalarView(word))
            last = text
            output += isShown(text, after: key) ? text : String(repeating: "*", count: word.count)
            word = []
        }
        for scalar in line.unicodeScalars.prefix(limit) {
            if isComment {
                output += scalar == " " || scalar == "\t" ? " " : "*"
            } else if separators.contains(scalar) {
                end()
                switch scalar {
                case "=": key = last
                case "#": isComment = true
                default: break
                }
                output += scalar == "\t" ? " " : String(scalar)
            } else {
                word.append(scalar)
            }
        }
        end()
        return output
    }

    private static let separators: Set<Unicode.Scalar> = [" ", "\t", "=", ",", "\"", "'", "[", "]", "{", "}", "#"]

    /// Keys whose values are numbers, durations or words of a list.
    private static let plainKeys = Set(KeyTable.rows.filter(\.isPlain).map(\.name))

    private static let plainWords = Set(KeyTable.rows.flatMap(\.words) + ["true", "false"])

    private static func isShown(_ word: String, after key: String?) -> Bool {
        if KeyHomes.isKey(word) { return true }
        guard let key, let name = key.split(separator: ".").last, plainKeys.contains(String(name)) else { return false }
        return plainWords.contains(word) || isNumber(word)
    }

    /// A short number, with a unit of time behind it or not.
    private static func isNumber(_ word: String) -> Bool {
        let digits = word.utf8.prefix { (48...57).contains($0) || "+-._".utf8.contains($0) }
        return digits.count <= 12 && digits.contains { (48...57).contains($0) }
            && ["", "ms", "s", "m", "h", "d"].contains(String(word.dropFirst(digits.count)))
    }
}
