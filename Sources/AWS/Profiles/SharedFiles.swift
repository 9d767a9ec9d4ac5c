import ImportWatch

/// The shared config and credentials files: where they lie and what they hold.
struct SharedFiles: Sendable {
    /// The longest file that is taken, in bytes.
    static let limit = 1 << 20

    /// Where the config file lies; `nil` without a home directory.
    let configPath: String?
    /// Where the credentials file lies; `nil` without a home directory.
    let credentialsPath: String?
    /// The profile that AWS_PROFILE names, if it does.
    let namedProfile: String?
    private let files: any FileReader
    /// The paths that someone named, by a variable or as systemd's credentials.
    private let named: Set<String>

    /// Finds the files: AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE, else `aws-config` and `aws-credentials` among
    /// systemd's credentials, else `config` and `credentials` in `~/.aws`.
    init(variables: AWSVariables, files: any FileReader) {
        self.files = files
        namedProfile = variables["AWS_PROFILE"]
        let home = variables["HOME"]
        var named: Set<String> = []
        func location(variable: String, systemdName: String, homeName: String) -> String? {
            if let path = variables[variable] {
                let path = path.hasPrefix("~/") ? home.map { $0 + path.dropFirst() } ?? path : path
                named.insert(path)
                return path
            }
            if let directory = variables["CREDENTIALS_DIRECTORY"] {
                let path = directory + "/" + systemdName
                if files.version(of: path) != nil {
                    named.insert(path)
                    return path
                }
            }
            return home.map { $0 + "/.aws/" + homeName }
        }
        configPath = location(variable: "AWS_CONFIG_FILE", systemdName: "aws-config", homeName: "config")
        credentialsPath = location(
            variable: "AWS_SHARED_CREDENTIALS_FILE",
            systemdName: "aws-credentials",
            homeName: "credentials"
        )
        self.named = named
    }

    /// Reads both files; one that is missing counts as empty, and so does one in `~/.aws` that can't be read: nobody
    /// said that it is meant for this program.
    func load() throws(CredentialError) -> ProfileSet {
        ProfileSet(
            config: try load(configPath, kind: .config),
            credentials: try load(credentialsPath, kind: .credentials)
        )
    }

    /// Where the files are looked for, in words.
    var places: String {
        let paths = [configPath, credentialsPath].compactMap { $0 }.map { path in
            isPassedOver(path) ? path + ", which can't be read" : path
        }
        return paths.isEmpty ? "HOME is not set" : "looked in " + paths.joined(separator: " and ")
    }

    /// What tells the files as they are from what they were.
    func versions() -> [FileVersion?] {
        [configPath, credentialsPath].map { $0.flatMap(files.version) }
    }

    /// Whether there is a file that isn't read because it can't be.
    private func isPassedOver(_ path: String) -> Bool {
        do {
            _ = try files.read(path, limit: Self.limit)
            return false
        } catch {
            if case .notFound = error { return false }
            return Self.countsAsAbsent(error, isNamed: named.contains(path))
        }
    }

    private static func countsAsAbsent(_ error: FileError, isNamed: Bool) -> Bool {
        switch error {
        case .notFound: true
        case .permissionDenied, .isDirectory, .failed: !isNamed
        case .tooLarge: false
        }
    }

    private func load(_ path: String?, kind: ProfileFile.Kind) throws(CredentialError) -> ProfileFile? {
        guard let path else { return nil }
        let provider = kind == .config ? "shared config file" : "shared credentials file"
        let bytes: [UInt8]
        do {
            bytes = try files.read(path, limit: Self.limit)
        } catch {
            if Self.countsAsAbsent(error, isNamed: named.contains(path)) { return nil }
            throw CredentialError(provider: provider, reason: error.description)
        }
        do {
            return try ProfileFile(bytes, kind: kind)
        } catch {
            throw CredentialError(provider: provider, reason: "\(path):\(error)")
        }
    }
}
