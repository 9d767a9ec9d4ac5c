import Platform

/// Where the control socket lies.
public enum ControlPath {
    /// The daemon's own: `$RUNTIME_DIRECTORY/control`, else the state's path with `.control` at its end.
    public static func server(statePath: String, environment: [String: String]) -> String {
        inRuntimeDirectory(environment) ?? beside(statePath)
    }

    /// Where a client looks, in this order: the runtime directory, beside the state.
    ///
    /// - Parameter statePath: `nil` where the configuration can't be read; then the state's usual place is taken.
    public static func candidates(
        configurationPath: String,
        statePath: String?,
        environment: [String: String]
    ) -> [String] {
        let usual = environment["STATE_DIRECTORY"].map { $0 + "/" } ?? folder(of: configurationPath)
        let besideState = beside(statePath ?? usual + "state.sqlite")
        return (inRuntimeDirectory(environment).map { [$0] } ?? []) + [besideState]
    }

    /// The path without symbolic links and relative parts, by which two names of one state are seen to be the same.
    public static func canonical(_ path: String) -> String {
        let folder = folder(of: path)
        guard let resolved = FilePaths.resolved(folder.isEmpty ? "." : folder) else { return path }
        return resolved + "/" + path.dropFirst(folder.count)
    }

    private static func inRuntimeDirectory(_ environment: [String: String]) -> String? {
        guard let directory = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first else { return nil }
        return directory + "/control"
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    private static func beside(_ statePath: String) -> String {
        statePath + ".control"
    }
}
