/// The bytes of a jobs list, edited as a person would: comments and everything else stay as they are.
public struct JobListText: Hashable, Sendable {
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// What the file begins with before its first line: a byte order mark, or nothing.
    private let head: [UInt8]
    /// The lines, without the line feeds at their ends.
    private var lines: [[UInt8]]

    /// Takes the bytes of a file.
    public init(_ bytes: [UInt8]) {
        head = bytes.starts(with: Self.mark) ? Self.mark : []
        lines = bytes.dropFirst(head.count).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map(Array.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
    }

    /// The bytes, each line ended.
    public var bytes: [UInt8] { head + lines.flatMap { $0 + [UInt8(ascii: "\n")] } }

    /// Adds IDs at the end; answers those that were not there yet.
    public mutating func add(_ new: [String]) -> [String] {
        var known = Set(lines.compactMap(Self.id))
        let added = new.filter { known.insert($0).inserted }
        lines += added.map { Array($0.utf8) }
        return added
    }

    /// Removes the lines of IDs; answers the IDs that were there.
    public mutating func remove(_ old: [String]) -> Set<String> {
        let wanted = Set(old)
        var removed: Set<String> = []
        lines.removeAll { line in
            guard let id = Self.id(line), wanted.contains(id) else { return false }
            removed.insert(id)
            return true
        }
        return removed
    }

    /// Takes what was changed from `before` to `after` back, whatever else was changed since: lines that came then go,
    /// and lines that went then stand at the end again.
    public mutating func takeBack(from before: JobListText, to after: JobListText) {
        guard self != after else { return lines = before.lines }
        let (old, new) = (Set(before.lines), Set(after.lines))
        lines.removeAll { new.contains($0) && !old.contains($0) }
        let present = Set(lines)
        lines += before.lines.filter { !new.contains($0) && !present.contains($0) }
    }

    private static func id(_ line: [UInt8]) -> String? {
        let content = line.prefix { $0 != UInt8(ascii: "#") }
        guard let start = content.firstIndex(where: { !isBlank($0) }),
            let end = content.lastIndex(where: { !isBlank($0) })
        else { return nil }
        return String(validating: content[start...end], as: UTF8.self)
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }
}
