/// Where relative paths of a configuration lead.
public struct PathRules: Sendable {
    /// The directory of the configuration file, with a slash at its end.
    private let base: String
    private let environment: [String: String]
    private let exists: @Sendable (String) -> Bool

    /// Makes the rules for a configuration file.
    public init(
        configurationPath: String,
        environment: [String: String],
        exists: @escaping @Sendable (String) -> Bool
    ) {
        let slash = configurationPath.lastIndex(of: "/")
        base = slash.map { String(configurationPath[...$0]) } ?? ""
        self.environment = environment
        self.exists = exists
    }

    /// Beside the configuration file.
    func beside(_ path: String) -> String {
        path.hasPrefix("/") ? path : base + path
    }

    /// A shell pattern beside the configuration file; only what the user wrote counts as pattern.
    func pattern(_ pattern: String) -> String {
        if pattern.hasPrefix("/") { return pattern }
        return base.map { "*?[]\\".contains($0) ? "\\\($0)" : String($0) }.joined() + pattern
    }

    /// Among the service's credentials if it is there, else beside the configuration file.
    func secret(_ path: String) -> String {
        guard !path.hasPrefix("/"), let directory = directory("CREDENTIALS_DIRECTORY"), exists(directory + path) else {
            return beside(path)
        }
        return directory + path
    }

    /// In the service's state directory, else beside the configuration file.
    func state(_ path: String) -> String {
        guard !path.hasPrefix("/"), let directory = directory("STATE_DIRECTORY") else { return beside(path) }
        return directory + path
    }

    /// A directory that systemd names; the first one where it names several.
    private func directory(_ variable: String) -> String? {
        guard let value = environment[variable], let first = value.split(separator: ":").first else { return nil }
        return first + "/"
    }
}
