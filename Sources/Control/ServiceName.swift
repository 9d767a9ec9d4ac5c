/// The name by which a systemd service calls its directories in /run and /var/lib, found by its configuration.
///
/// importwatchd.service runs with /etc/importwatchd/importwatchd.toml, importwatchd@NAME.service with NAME.toml there.
public struct ServiceName: Hashable, Sendable, CustomStringConvertible {
    private static let folder = "/etc/importwatchd/"

    /// `importwatchd`, or `importwatchd-NAME` for an instance.
    public let description: String

    /// Names the service; `nil` where the configuration is none of a service's.
    public init?(configurationPath: String) {
        guard configurationPath.hasPrefix(Self.folder), configurationPath.hasSuffix(".toml") else { return nil }
        let name = configurationPath.dropFirst(Self.folder.count).dropLast(".toml".count)
        guard !name.isEmpty, !name.contains("/") else { return nil }
        description = name == "importwatchd" ? "importwatchd" : "importwatchd-\(name)"
    }
}
