/// What a tool that is run from a shell has to know of the systemd service whose configuration it is given.
///
/// importwatchd.service runs with /etc/importwatchd/importwatchd.toml, importwatchd@NAME.service with NAME.toml there.
/// systemd tells the service by variables where its directories are; a shell has none of them.
struct ServiceEnvironment: Sendable {
    private static let folder = "/etc/importwatchd/"

    private let environment: [String: String]
    private let exists: @Sendable (String) -> Bool

    /// Takes the variables of the process, and how to find out whether a directory is there and may be looked into.
    init(environment: [String: String], exists: @escaping @Sendable (String) -> Bool) {
        self.environment = environment
        self.exists = exists
    }

    /// The variables of the process, with those of the service's directories that exist and are not set already.
    func variables(configurationPath: String) -> [String: String] {
        guard let (unit, name) = Self.names(configurationPath) else { return environment }
        var variables = environment
        for (variable, directory) in [
            ("STATE_DIRECTORY", "/var/lib/\(name)"), ("RUNTIME_DIRECTORY", "/run/\(name)"),
            ("CREDENTIALS_DIRECTORY", "/run/credentials/\(unit)"),
        ] where variables[variable] == nil && (exists(directory) || isMadeAtStart(variable)) {
            variables[variable] = directory
        }
        return variables
    }

    /// The variables of the service that a unit's files describe; nothing of the process's own is in them.
    ///
    /// - Parameters:
    ///   - home: The home directory of the service's user.
    ///   - files: What the files of ``ServiceUnit/environmentFiles`` hold, in their order.
    static func variables(
        of unit: ServiceUnit,
        configurationPath: String,
        home: String?,
        files: [[String: String]]
    ) -> [String: String] {
        var variables = ["PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
        if let home { variables["HOME"] = home }
        for more in [unit.environment] + files { variables.merge(more) { $1 } }
        guard let (name, directory) = names(configurationPath) else { return variables }
        variables["STATE_DIRECTORY"] = "/var/lib/\(directory)"
        variables["RUNTIME_DIRECTORY"] = "/run/\(directory)"
        if !unit.credentials.isEmpty || !unit.fixedCredentials.isEmpty {
            variables["CREDENTIALS_DIRECTORY"] = "/run/credentials/\(name)"
        }
        return variables
    }

    /// The unit that runs with a configuration; `nil` where it is none of the service's.
    static func unit(configurationPath: String) -> String? {
        names(configurationPath)?.unit
    }

    /// The home directory of the service that runs with a configuration, as its unit comes.
    static func home(configurationPath: String) -> String? {
        names(configurationPath).map { "/var/lib/\($0.directory)" }
    }

    /// Where systemd runs, it makes the state's directory at the service's first start.
    private func isMadeAtStart(_ variable: String) -> Bool {
        variable == "STATE_DIRECTORY" && exists("/run/systemd/system")
    }

    /// The unit that runs with a configuration, and what its directories are called; `nil` where none does.
    private static func names(_ configurationPath: String) -> (unit: String, directory: String)? {
        guard configurationPath.hasPrefix(folder), configurationPath.hasSuffix(".toml") else { return nil }
        let name = configurationPath.dropFirst(folder.count).dropLast(".toml".count)
        guard !name.isEmpty, !name.contains("/") else { return nil }
        return name == "importwatchd"
            ? ("importwatchd.service", "importwatchd") : ("importwatchd@\(name).service", "importwatchd-\(name)")
    }
}
