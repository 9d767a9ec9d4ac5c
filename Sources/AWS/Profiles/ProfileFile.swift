/// A shared config or credentials file as it stands: sections of `key = value` lines.
struct ProfileFile: Hashable, Sendable {
    /// Which of the two files it is: in the config file a profile's section is headed `[profile NAME]`.
    enum Kind: Hashable, Sendable {
        /// `~/.aws/config`.
        case config
        /// `~/.aws/credentials`.
        case credentials
    }

    /// What a section describes.
    enum Subject: Hashable, Sendable {
        /// A profile; `isPrefixed` says whether its heading had the word `profile`.
        case profile(isPrefixed: Bool)
        /// An IAM Identity Center session.
        case ssoSession
        /// Endpoints of single services.
        case services
    }

    /// A section, with its values by lower-case key.
    struct Section: Hashable, Sendable {
        var subject: Subject
        var name: String
        var values: [String: String] = [:]
    }

    /// Why a file can't be read, with the line it was noticed in.
    struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        /// The line, from 1.
        var line: Int
        /// What is wrong, without the line's text, which may hold a secret.
        var reason: String

        /// `LINE: reason`.
        var description: String { "\(line): \(reason)" }
    }

    /// The sections in the file's order; the same heading can occur more than once.
    private(set) var sections: [Section] = []

    /// Reads a file's bytes.
    init(_ bytes: [UInt8], kind: Kind) throws(Problem) {
        var reader = Reader(kind: kind)
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            do {
                try reader.read(
                    String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
                )
            } catch {
                throw Problem(line: index + 1, reason: error.words)
            }
        }
        sections = reader.sections
    }
}

/// What is wrong with one line.
private struct LineProblem: Error {
    var words: String
}

/// Reads a file line by line, remembering where it is.
private struct Reader {
    /// Where a line stands.
    private enum Place {
        /// Before the first section.
        case start
        /// In a section; one with a name that nothing can have is read, but not kept.
        case section(isKept: Bool)
        /// After a property's line, where indented lines go on with it.
        case property(key: String?, hasSubproperties: Bool)
    }

    let kind: ProfileFile.Kind
    private(set) var sections: [ProfileFile.Section] = []
    private var place = Place.start
    private var isKept = false

    init(kind: ProfileFile.Kind) {
        self.kind = kind
    }

    mutating func read(_ line: String) throws(LineProblem) {
        if line.trimmingBlanks.isEmpty || line.first == "#" || line.first == ";" { return }
        switch line.first {
        case "[": try readHeading(line)
        case " ", "\t": try readContinuation(line.trimmingBlanks)
        default: try readProperty(line)
        }
    }

    private mutating func readHeading(_ line: String) throws(LineProblem) {
        let unterminated = LineProblem(words: "Profile definition must end with ']'")
        guard let end = line.firstIndex(of: "]") else { throw unterminated }
        let rest = line[line.index(after: end)...].trimmingBlanks
        guard rest.isEmpty || rest.first == "#" || rest.first == ";" else { throw unterminated }
        let section = section(headed: line[line.index(after: line.startIndex)..<end].trimmingBlanks)
        isKept = section != nil
        place = .section(isKept: isKept)
        if let section { sections.append(section) }
    }

    private func section(headed heading: String) -> ProfileFile.Section? {
        let words = heading.split(maxSplits: 1) { $0 == " " || $0 == "\t" }
        let subject: ProfileFile.Subject
        let name: String
        switch (kind, words.first, words.count) {
        case (.credentials, _, _), (.config, "default", 1):
            (subject, name) = (.profile(isPrefixed: false), heading)
        case (.config, "profile", 2): (subject, name) = (.profile(isPrefixed: true), words[1].trimmingBlanks)
        case (.config, "sso-session", 2): (subject, name) = (.ssoSession, words[1].trimmingBlanks)
        case (.config, "services", 2): (subject, name) = (.services, words[1].trimmingBlanks)
        default: return nil
        }
        return isName(name) ? ProfileFile.Section(subject: subject, name: name) : nil
    }

    private mutating func readProperty(_ line: String) throws(LineProblem) {
        if case .start = place { throw LineProblem(words: "Expected a profile definition") }
        guard let equals = line.firstIndex(of: "=") else {
            throw LineProblem(words: "Expected an '=' sign defining a property")
        }
        let key = line[..<equals].trimmingBlanks.lowercased()
        guard !key.isEmpty else { throw LineProblem(words: "Property did not have a name") }
        let value = withoutComment(line[line.index(after: equals)...]).trimmingBlanks
        let keeps = isKept && isName(key)
        if keeps { sections[sections.endIndex - 1].values[key] = value }
        place = .property(key: keeps ? key : nil, hasSubproperties: value.isEmpty)
    }

    private mutating func readContinuation(_ text: String) throws(LineProblem) {
        switch place {
        case .start: throw LineProblem(words: "Expected a profile definition")
        case .section(isKept: false): break
        case .section(isKept: true): throw LineProblem(words: "Expected a property definition, found continuation")
        case .property(let key, let hasSubproperties):
            if hasSubproperties {
                guard let equals = text.firstIndex(of: "=") else {
                    throw LineProblem(words: "Expected an '=' sign defining a sub-property")
                }
                if text[..<equals].trimmingBlanks.isEmpty {
                    throw LineProblem(words: "Sub-property did not have a name")
                }
            }
            if let key { sections[sections.endIndex - 1].values[key]?.append("\n" + text) }
        }
    }

    /// The text before a `#` or `;` that follows white space.
    private func withoutComment(_ text: Substring) -> Substring {
        var previous: Character = "="
        for index in text.indices {
            let character = text[index]
            if character == "#" || character == ";", previous == " " || previous == "\t" { return text[..<index] }
            previous = character
        }
        return text
    }

    private func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "-_/.%@:+".utf8.contains(byte)
            }
    }
}

extension StringProtocol {
    /// The text without blanks, tabs and line breaks around it.
    var trimmingBlanks: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
        let start = firstIndex { !isBlank($0) } ?? endIndex
        let end = lastIndex { !isBlank($0) }.map(index(after:)) ?? start
        return String(self[start..<end])
    }
}
