/// A value with the place where it stands.
struct Located<Value> {
    var value: Value
    var position: Position
}

extension Located: Equatable where Value: Equatable {}

/// Reads the keys of one table by type; what is left at the end is unknown.
struct SectionReader {
    /// What the table is called: `source.polling`, or nothing for the top level.
    let name: String
    /// Where the table begins.
    let position: Position
    let collector: ComplaintCollector
    private let keys: [String: ConfigurationKey]
    private var entries: [String: TOMLEntry]

    init(name: String, entries: [TOMLEntry], position: Position, collector: ComplaintCollector) {
        self.name = name
        self.position = position
        self.collector = collector
        let section = name.split(separator: ".").last.map(String.init) ?? ""
        keys = KeyTable.keys(of: ConfigurationKey.Section(rawValue: section) ?? .top)
        self.entries = Dictionary(entries.map { ($0.key, $0) }) { first, _ in first }
    }

    /// The key as a complaint calls it: `polling.min_delay`.
    func qualified(_ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }

    /// Whether the table has the key and it was not read.
    func has(_ key: String) -> Bool { entries[key] != nil }

    /// The entry of a key that was not read.
    func entry(_ name: String) -> TOMLEntry? { entries[name] }

    /// The row of a key that a decoder reads.
    func key(_ name: String) -> ConfigurationKey {
        guard let key = keys[name] else { preconditionFailure("no row says what \(qualified(name)) is") }
        return key
    }

    /// Complains about the value of `key`: its name and then `problem`.
    func complain(_ key: String, _ problem: String, at position: Position) {
        collector.error("\(qualified(key)) \(problem)", at: position, key: qualified(key))
    }

    func wrongType(_ name: String, _ node: TOMLNode, expected: String, example: String? = nil) {
        let example = example ?? key(name).exampleLine
        complain(name, "must be \(expected), not \(node.kind); for example \(example)", at: node.position)
    }

    mutating func take(_ key: String) -> TOMLEntry? {
        entries.removeValue(forKey: key)
    }

    /// Complains about every key that was not read.
    func finish() {
        let unknown = entries.values.sorted { $0.keyPosition < $1.keyPosition }
        let room = collector.room
        for entry in unknown.prefix(room) {
            let place = name.isEmpty ? "" : " in [\(name)]"
            let near = Suggestion.phrase(for: entry.key, among: Array(keys.keys))
            // What is near to a key is no secret.
            let key = near.isEmpty ? entry.key.quoted : entry.key
            collector.error(
                "unknown key \"\(key)\"\(place)" + (near.isEmpty ? KeyHomes.phrase(for: key) : near),
                at: entry.keyPosition,
                key: qualified(key)
            )
        }
        collector.omitErrors(unknown.dropFirst(room).count)
    }

    // MARK: Tables

    /// The table `[key]`.
    mutating func table(_ key: String) -> SectionReader? {
        guard let entry = take(key) else { return nil }
        guard case .table(let entries) = entry.node.value else {
            complain(key, "must be the table [\(qualified(key))], not \(entry.node.kind)", at: entry.node.position)
            return nil
        }
        return section(key, entries, entry.keyPosition)
    }

    /// A table that is not there: every key has its default.
    func absent(_ key: String) -> SectionReader { section(key, [], position) }

    /// The tables of `[[key]]`.
    mutating func tables(_ key: String) -> [SectionReader] {
        guard let entry = take(key) else { return [] }
        guard case .array(let elements) = entry.node.value else {
            complain(key, "is a list of tables: write [[\(key)]], not [\(key)] or \(key) = …", at: entry.keyPosition)
            return []
        }
        return elements.compactMap { element in
            guard case .table(let entries) = element.value else {
                complain(key, "holds tables only, not \(element.kind): write [[\(key)]]", at: element.position)
                return nil
            }
            return section(key, entries, element.position)
        }
    }

    private func section(_ key: String, _ entries: [TOMLEntry], _ position: Position) -> SectionReader {
        SectionReader(name: qualified(key), entries: entries, position: position, collector: collector)
    }
}
