import ImportWatch

/// How systemd runs the service, as the files of its unit say: what a tool has to know to speak for the service.
struct ServiceUnit: Hashable, Sendable {
    /// A file that systemd hands to the service by name.
    struct Credential: Hashable, Sendable {
        /// The name under which the service finds it.
        var name: String
        /// The file that it comes from; where it is no absolute path, a name in the credential stores.
        var source: String
        /// Whether only systemd can decrypt it.
        var isEncrypted: Bool
    }

    /// A file of variables.
    struct EnvironmentFile: Hashable, Sendable {
        /// The file, or a shell pattern.
        var path: String
        /// Whether the service starts without it.
        var isOptional: Bool
    }

    /// The user that the service runs as; `nil` for root.
    private(set) var user: String?
    /// The groups that the unit adds to those of the user.
    private(set) var groups: [String] = []
    /// The variables that the unit itself sets.
    private(set) var environment: [String: String] = [:]
    /// The files of further variables, which go before those of the unit.
    private(set) var environmentFiles: [EnvironmentFile] = []
    /// The declared credentials; of those with one name the last is taken.
    private(set) var credentials: [Credential] = []
    /// What is declared by SetCredential=, by name: its value stands in the unit.
    private(set) var fixedCredentials: Set<String> = []
    private var protectsSystem = "no"
    private var protectsHome = "no"
    private var hasPrivateTmp = false
    private var writablePaths: [String] = []

    /// Reads what `systemctl cat` prints for a unit: its file and then its drop-ins.
    ///
    /// - Parameter name: The unit's full name, for `%n`, `%p` and `%i`.
    init(_ text: String, name: String) {
        let specifiers = Specifiers(unit: name)
        var section = ""
        for line in Self.logicalLines(text) {
            if line.hasPrefix("[") {
                section = line
            } else if section == "[Service]", let equals = line.firstIndex(of: "=") {
                let key = String(line[..<equals].trimmingWhitespace)
                let value = String(line[line.index(after: equals)...].trimmingWhitespace)
                take(key, value, specifiers)
            }
        }
    }

    /// Whether the service sees a path read-only, whatever its permissions: all but what the unit excepts.
    func isReadOnly(_ path: String) -> Bool {
        let system = ["/usr", "/boot", "/efi"]
        let protected =
            switch protectsSystem {
            case "strict": ["/"]
            case "full": system + ["/etc"]
            case "yes": system
            default: [String]()
            }
        let homes = protectsHome == "read-only" ? Self.homes : []
        guard (protected + homes).contains(where: { Self.is(path, below: $0) }) else { return false }
        let always = ["/dev", "/proc", "/sys"] + (hasPrivateTmp ? ["/tmp", "/var/tmp"] : [])
        return !(always + writablePaths).contains { Self.is(path, below: $0) }
    }

    /// Whether something that others see at a path is not what the service sees there.
    func isHidden(_ path: String) -> Bool {
        let isHome = Self.homes.contains { Self.is(path, below: $0) }
        let isTemporary = ["/tmp", "/var/tmp"].contains { Self.is(path, below: $0) }
        return isHome && ["yes", "tmpfs"].contains(protectsHome) || isTemporary && hasPrivateTmp
    }

    private static let homes = ["/home", "/root", "/run/user"]

    // MARK: Reading

    private mutating func take(_ key: String, _ value: String, _ specifiers: Specifiers) {
        let words = Self.words(value).map(specifiers.expand)
        switch key {
        case "User": user = value.isEmpty || value == "root" ? nil : specifiers.expand(value)
        case "SupplementaryGroups" where value.isEmpty: groups = []
        case "Group", "SupplementaryGroups": groups += words
        case "Environment" where value.isEmpty: environment = [:]
        case "Environment":
            for word in words {
                guard let equals = word.firstIndex(of: "=") else { continue }
                environment[String(word[..<equals])] = String(word[word.index(after: equals)...])
            }
        case "EnvironmentFile" where value.isEmpty: environmentFiles = []
        case "EnvironmentFile":
            let path = specifiers.expand(value)
            let isOptional = path.hasPrefix("-")
            environmentFiles.append(.init(path: isOptional ? String(path.dropFirst()) : path, isOptional: isOptional))
        case "LoadCredential", "LoadCredentialEncrypted": takeCredential(key, specifiers.expand(value))
        case "SetCredential", "SetCredentialEncrypted":
            if let colon = value.firstIndex(of: ":") { fixedCredentials.insert(String(value[..<colon])) }
        case "ProtectSystem": protectsSystem = Self.isOn(value) ? "yes" : value
        case "ProtectHome": protectsHome = Self.isOn(value) ? "yes" : value
        case "PrivateTmp": hasPrivateTmp = Self.isOn(value)
        case "ReadWritePaths" where value.isEmpty: writablePaths = []
        case "ReadWritePaths": writablePaths += words.map { String($0.drop { "-+".contains($0) }) }
        case "StateDirectory": writablePaths += words.map { "/var/lib/" + $0 }
        case "RuntimeDirectory": writablePaths += words.map { "/run/" + $0 }
        default: break
        }
    }

    private mutating func takeCredential(_ key: String, _ value: String) {
        // Both kinds are one list to systemd.
        guard !value.isEmpty else { return credentials = [] }
        let parts = value.split(separator: ":", maxSplits: 1).map(String.init)
        guard let name = parts.first else { return }
        credentials.removeAll { $0.name == name }
        let isEncrypted = key == "LoadCredentialEncrypted"
        credentials.append(.init(name: name, source: parts.count > 1 ? parts[1] : name, isEncrypted: isEncrypted))
    }

    private static func isOn(_ value: String) -> Bool {
        ["yes", "true", "on", "1"].contains(value.lowercased())
    }

    private static func `is`(_ path: String, below folder: String) -> Bool {
        path == folder || path.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
    }

    /// Lines without comments, those that a backslash continues in one.
    private static func logicalLines(_ text: String) -> [String] {
        var lines: [String] = []
        var begun = ""
        for piece in text.split(separator: "\n") {
            let line = String(piece.trimmingWhitespace)
            if line.hasPrefix("#") || line.hasPrefix(";") { continue }
            if line.hasSuffix("\\") {
                begun += line.dropLast() + " "
            } else {
                lines.append(begun + line)
                begun = ""
            }
        }
        return begun.isEmpty ? lines : lines + [begun]
    }

    /// Splits as systemd does: at blanks outside of quotes, with a backslash before what stands for itself.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in text {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                (quote, word) = (character, word ?? "")
            } else if quote == nil, character == " " || character == "\t" {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return word.map { words + [$0] } ?? words
    }

    /// The specifiers of systemd.unit(5) that depend on the unit's name alone.
    private struct Specifiers {
        private let values: [Character: String]

        init(unit: String) {
            let stem = unit.lastIndex(of: ".").map { String(unit[..<$0]) } ?? unit
            let at = stem.firstIndex(of: "@")
            let instance = at.map { String(stem[stem.index(after: $0)...]) } ?? ""
            let prefix = at.map { String(stem[..<$0]) } ?? stem
            values = [
                "n": unit, "N": stem, "p": prefix, "i": instance, "I": instance, "%": "%", "S": "/var/lib", "t": "/run",
                "E": "/etc", "d": "/run/credentials/" + unit,
            ]
        }

        func expand(_ text: String) -> String {
            var (expanded, isSpecifier) = ("", false)
            for character in text {
                if isSpecifier {
                    expanded += values[character] ?? "%\(character)"
                    isSpecifier = false
                } else if character == "%" {
                    isSpecifier = true
                } else {
                    expanded.append(character)
                }
            }
            return isSpecifier ? expanded + "%" : expanded
        }
    }
}
