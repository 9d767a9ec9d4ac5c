/// A shared config or credentials file: sections of `key = value` lines, as the AWS SDKs read them.
public struct ProfileFile: Hashable, Sendable {
    /// Which of the two files it is: in the config file a profile's section is headed `[profile NAME]`.
    public enum Kind: Hashable, Sendable {
        /// `~/.aws/config`.
        case config
        /// `~/.aws/credentials`.
        case credentials
    }

    /// Why a file can't be read, with the line it was noticed in.
    public struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        /// The line, from 1.
        public var line: Int
        /// What is wrong, without the line's text, which may hold a secret.
        public var reason: String

        /// `LINE: reason`.
        public var description: String { "\(line): \(reason)" }
    }

    /// Each profile's values by lower-case key.
    public private(set) var profiles: [String: [String: String]] = [:]

    /// Reads a file's text.
    public init(_ text: String, kind: Kind) throws(Problem) {
        var section: String?
        var inSection = false
        var lastKey: String?
        for (index, raw) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = index + 1
            let trimmed = raw.trimmingBlanks
            if trimmed.isEmpty || raw.first == "#" || raw.first == ";" { continue }
            if raw.first == "[" {
                section = try Self.profileName(trimmed, kind: kind, line: line)
                inSection = true
                lastKey = nil
                if let section { profiles[section, default: [:]].merge([:]) { $1 } }
            } else if raw.first == " " || raw.first == "\t" {
                guard inSection else { throw Problem(line: line, reason: "expected a profile before this line") }
                guard section == nil || lastKey != nil else {
                    throw Problem(line: line, reason: "expected a key = value line before an indented one")
                }
                if let section, let lastKey { profiles[section]?[lastKey]?.append("\n" + trimmed) }
            } else {
                guard inSection else { throw Problem(line: line, reason: "expected a profile before this line") }
                guard let equals = raw.firstIndex(of: "=") else {
                    throw Problem(line: line, reason: "expected key = value")
                }
                let key = raw[..<equals].trimmingBlanks.lowercased()
                guard !key.isEmpty else { throw Problem(line: line, reason: "a key is missing before the =") }
                lastKey = key
                if let section {
                    profiles[section]?[key] = Self.withoutComment(raw[raw.index(after: equals)...]).trimmingBlanks
                }
            }
        }
    }

    private static func profileName(_ heading: String, kind: Kind, line: Int) throws(Problem) -> String? {
        guard let end = heading.firstIndex(of: "]") else { throw Problem(line: line, reason: "a ] is missing") }
        let name = heading[heading.index(after: heading.startIndex)..<end].trimmingBlanks
        guard kind == .config, name != "default" else { return name }
        guard name.hasPrefix("profile ") || name.hasPrefix("profile\t") else { return nil }
        return name.dropFirst("profile".count).trimmingBlanks
    }

    /// The text before a `#` or `;` that follows white space.
    private static func withoutComment(_ text: Substring) -> Substring {
        var previous: Character = "="
        for index in text.indices {
            let character = text[index]
            if character == "#" || character == ";", previous == " " || previous == "\t" { return text[..<index] }
            previous = character
        }
        return text
    }
}
