import JSON

/// What came of a reload.
public struct ReloadVerdict: Hashable, Sendable {
    /// Whether the new configuration is in force.
    public var isAccepted: Bool
    /// Everything that is wrong or worth a look, one line each.
    public var complaints: [String]
    /// Jobs that are watched now and were not before.
    public var added: Int64
    /// Jobs that are not watched any more.
    public var removed: Int64
    /// Whether it was not done because the daemon stops.
    public var isStopping: Bool

    /// Makes a verdict.
    public init(isAccepted: Bool, complaints: [String], added: Int64 = 0, removed: Int64 = 0, isStopping: Bool = false)
    {
        self.isAccepted = isAccepted
        self.complaints = complaints
        self.added = added
        self.removed = removed
        self.isStopping = isStopping
    }

    var json: JSONValue {
        [
            "accepted": .bool(isAccepted), "complaints": .array(complaints.map(JSONValue.string)),
            "added": .integer(added), "removed": .integer(removed), "stopping": .bool(isStopping),
        ]
    }

    init?(json: JSONValue) {
        guard let isAccepted = json["accepted"]?.bool, let complaints = json["complaints"]?.array else { return nil }
        self.init(
            isAccepted: isAccepted,
            complaints: complaints.compactMap(\.string),
            added: json["added"]?.integer ?? 0,
            removed: json["removed"]?.integer ?? 0,
            isStopping: json["stopping"]?.bool ?? false
        )
    }
}
