import ImportWatch

/// The text of a jobs list, edited as a person would: comments and everything else stay as they are.
public struct JobListText: Hashable, Sendable {
    /// The lines, without their ends.
    public private(set) var lines: [String]

    /// Takes the text of a file.
    public init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
    }

    /// The text, each line ended.
    public var text: String { lines.map { $0 + "\n" }.joined() }

    /// The IDs, in their order.
    public var ids: [String] { lines.compactMap(Self.id) }

    /// Adds IDs at the end; answers those that were not there yet.
    public mutating func add(_ new: [String]) -> [String] {
        var known = Set(ids)
        let added = new.filter { known.insert($0).inserted }
        lines += added
        return added
    }

    /// Removes the lines of IDs; answers those that were there.
    public mutating func remove(_ old: [String]) -> Set<String> {
        let present = Set(old).intersection(ids)
        lines.removeAll { Self.id($0).map(present.contains) ?? false }
        return present
    }

    private static func id(_ line: String) -> String? {
        let content = line.prefix { $0 != "#" }.trimmingWhitespace
        return content.isEmpty ? nil : String(content)
    }
}
