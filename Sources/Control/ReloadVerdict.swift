import JSON

/// What came of a reload.
public struct ReloadVerdict: Hashable, Sendable, JSONRecord {
    /// Whether the new configuration is in force.
    public var isAccepted: Bool
    /// Everything that is wrong or worth a look, one line each.
    public var complaints: [String]
    /// Jobs that are watched now and were not before.
    public var added: Int
    /// Jobs that are not watched any more.
    public var removed: Int
    /// Whether it was not done because the daemon stops.
    public var isStopping: Bool

    package init(isAccepted: Bool, complaints: [String], added: Int = 0, removed: Int = 0, isStopping: Bool = false) {
        self.isAccepted = isAccepted
        self.complaints = complaints
        self.added = added
        self.removed = removed
        self.isStopping = isStopping
    }

    package static let format = JSONMembers(
        Self.init,
        .init("accepted", \.isAccepted),
        .init("complaints", \.complaints),
        .init("added", \.added),
        .init("removed", \.removed),
        .init("stopping", \.isStopping)
    )
}
