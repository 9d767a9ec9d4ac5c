/// Where the control socket lies.
public enum ControlPath {
    /// The daemon's own: `$RUNTIME_DIRECTORY/control`, else `control` beside the state.
    public static func server(statePath: String, environment: [String: String]) -> String {
        if let directory = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first, !directory.isEmpty {
            return directory + "/control"
        }
        return beside(statePath)
    }

    /// Where a client looks, in this order: the daemon's own path, the service's runtime directory, beside the state.
    public static func candidates(statePath: String, environment: [String: String]) -> [String] {
        var paths: [String] = []
        for path in [
            server(statePath: statePath, environment: environment), beside(statePath), "/run/importwatchd/control",
        ]
        where !paths.contains(path) {
            paths.append(path)
        }
        return paths
    }

    private static func beside(_ statePath: String) -> String {
        (statePath.lastIndex(of: "/").map { String(statePath[...$0]) } ?? "") + "control"
    }
}
