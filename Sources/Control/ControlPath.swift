/// Where the control socket lies.
public enum ControlPath {
    /// The daemon's own: `$RUNTIME_DIRECTORY/control`, else `control` beside the state.
    public static func server(statePath: String, environment: [String: String]) -> String {
        inRuntimeDirectory(environment) ?? beside(statePath)
    }

    /// Where a client looks, in this order: its own runtime directory, that of the service that runs with this
    /// configuration, beside the state.
    ///
    /// - Parameter statePath: `nil` where the configuration can't be read; then the state's usual place is taken.
    public static func candidates(
        configurationPath: String,
        statePath: String?,
        environment: [String: String]
    ) -> [String] {
        let service = ServiceName(configurationPath: configurationPath)
        var paths: [String] = []
        for path in [
            inRuntimeDirectory(environment), service.map { "/run/\($0)/control" },
            beside(statePath ?? configurationPath),
        ] {
            if let path, !paths.contains(path) { paths.append(path) }
        }
        return paths
    }

    private static func inRuntimeDirectory(_ environment: [String: String]) -> String? {
        guard let directory = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first else { return nil }
        return directory + "/control"
    }

    private static func beside(_ statePath: String) -> String {
        (statePath.lastIndex(of: "/").map { String(statePath[...$0]) } ?? "") + "control"
    }
}
