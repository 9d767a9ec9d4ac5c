/// Where the control socket lies.
public enum ControlPath {
    /// The daemon's own: `$RUNTIME_DIRECTORY/control`, else where the configuration has it.
    public static func server(configured: String, environment: [String: String]) -> String {
        inRuntimeDirectory(environment) ?? configured
    }

    /// Where a client looks, in this order: the runtime directory, where the configuration has it.
    ///
    /// - Parameter configured: `nil` where the configuration can't be read; then the usual place is taken.
    public static func candidates(
        configurationPath: String,
        configured: String?,
        environment: [String: String]
    ) -> [String] {
        let usual = environment["STATE_DIRECTORY"].map { $0 + "/" } ?? folder(of: configurationPath)
        return (inRuntimeDirectory(environment).map { [$0] } ?? []) + [configured ?? usual + "state.sqlite.control"]
    }

    private static func inRuntimeDirectory(_ environment: [String: String]) -> String? {
        guard let directory = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first else { return nil }
        return directory + "/control"
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }
}
