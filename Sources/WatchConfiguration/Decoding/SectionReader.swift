import ImportWatch

/// Collects everything that is wrong in one reading of a configuration.
final class ComplaintCollector {
    let path: String
    private(set) var complaints: [Complaint] = []

    init(path: String) {
        self.path = path
    }

    func error(_ message: String, at position: Position, in path: String? = nil) {
        add(.error, message, position, path)
    }

    func warning(_ message: String, at position: Position, in path: String? = nil) {
        add(.warning, message, position, path)
    }

    private func add(_ severity: Complaint.Severity, _ message: String, _ position: Position, _ path: String?) {
        complaints.append(
            Complaint(
                path: path ?? self.path,
                line: position.line,
                column: position.column,
                severity: severity,
                message: message
            )
        )
    }
}

/// A value with the place where it stands.
struct Located<Value> {
    var value: Value
    var position: Position
}

/// Reads the keys of one table by type; what is left at the end is unknown.
struct SectionReader {
    let name: String
    let position: Position
    let collector: ComplaintCollector
    private var entries: [String: TOMLEntry]
    private var known: [String] = []

    init(name: String, entries: [TOMLEntry], position: Position, collector: ComplaintCollector) {
        self.name = name
        self.position = position
        self.collector = collector
        self.entries = Dictionary(entries.map { ($0.key, $0) }) { first, _ in first }
    }

    /// The key as an error calls it: `polling.min_delay`.
    func qualified(_ key: String) -> String { name.isEmpty ? key : "\(name).\(key)" }

    /// Whether the table has the key, read or not.
    func has(_ key: String) -> Bool { entries[key] != nil }

    mutating func take(_ key: String) -> TOMLEntry? {
        known.append(key)
        return entries.removeValue(forKey: key)
    }

    mutating func string(_ key: String, example: String) -> Located<String>? {
        guard let entry = take(key) else { return nil }
        guard case .string(let string) = entry.node.value else {
            wrongType(key, entry.node, expected: "a string", example: "\"\(example)\"")
            return nil
        }
        return Located(value: string, position: entry.node.position)
    }

    mutating func boolean(_ key: String) -> Located<Bool>? {
        guard let entry = take(key) else { return nil }
        guard case .boolean(let boolean) = entry.node.value else {
            wrongType(key, entry.node, expected: "true or false", example: "true")
            return nil
        }
        return Located(value: boolean, position: entry.node.position)
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int64>, example: Int64) -> Int64? {
        guard let entry = take(key) else { return nil }
        guard case .integer(let integer) = entry.node.value else {
            wrongType(key, entry.node, expected: "an integer", example: "\(example)")
            return nil
        }
        guard range.contains(integer) else {
            let limits = "\(range.lowerBound) to \(range.upperBound)"
            collector.error("\(qualified(key)) must be from \(limits), not \(integer)", at: entry.node.position)
            return nil
        }
        return integer
    }

    mutating func number(_ key: String, above low: Double, upTo high: Double, example: String) -> Double? {
        guard let entry = take(key) else { return nil }
        let number: Double
        switch entry.node.value {
        case .integer(let integer): number = Double(integer)
        case .float(let float): number = float
        default:
            wrongType(key, entry.node, expected: "a number", example: example)
            return nil
        }
        guard number > low, number <= high else {
            let limits = "above \(low) and at most \(high)"
            collector.error("\(qualified(key)) must be \(limits), not \(number)", at: entry.node.position)
            return nil
        }
        return number
    }

    mutating func duration(
        _ key: String,
        from low: Duration,
        upTo high: Duration,
        example: String
    ) -> Located<Duration>? {
        guard let entry = take(key) else { return nil }
        guard case .string(let text) = entry.node.value else {
            wrongType(key, entry.node, expected: "a duration in quotes", example: "\"\(example)\"")
            return nil
        }
        guard let duration = DurationText.parse(text) else {
            collector.error(
                "\(qualified(key)) must be a whole number with ms, s, m or h, such as \"\(example)\"",
                at: entry.node.position
            )
            return nil
        }
        guard duration >= low, duration <= high else {
            let limits = "\(DurationText.render(low)) to \(DurationText.render(high))"
            collector.error("\(qualified(key)) must be from \(limits)", at: entry.node.position)
            return nil
        }
        return Located(value: duration, position: entry.node.position)
    }

    /// The strings of an array, each with its place.
    mutating func strings(_ key: String, example: String) -> [Located<String>]? {
        guard let entry = take(key) else { return nil }
        guard case .array(let elements) = entry.node.value else {
            wrongType(key, entry.node, expected: "an array of strings", example: "[\"\(example)\"]")
            return nil
        }
        return elements.compactMap { element in
            guard case .string(let string) = element.value else {
                wrongType(key, element, expected: "strings only", example: "[\"\(example)\"]")
                return nil
            }
            return Located(value: string, position: element.position)
        }
    }

    mutating func table(_ key: String) -> SectionReader? {
        guard let entry = take(key) else { return nil }
        guard case .table(let entries) = entry.node.value else {
            wrongType(key, entry.node, expected: "a table", example: "[\(qualified(key))]")
            return nil
        }
        return section(key, entries, entry.keyPosition)
    }

    /// The tables of `[[key]]`.
    mutating func tables(_ key: String) -> [SectionReader] {
        guard let entry = take(key) else { return [] }
        guard case .array(let elements) = entry.node.value else {
            wrongType(key, entry.node, expected: "an array of tables", example: "[[\(qualified(key))]]")
            return []
        }
        return elements.compactMap { element in
            guard case .table(let entries) = element.value else {
                wrongType(key, element, expected: "an array of tables", example: "[[\(qualified(key))]]")
                return nil
            }
            return section(key, entries, element.position)
        }
    }

    /// Complains about every key that was not asked for.
    func finish() {
        for entry in entries.values {
            let place = name.isEmpty ? "" : " in [\(name)]"
            collector.error(
                "unknown key \"\(entry.key.printable)\"\(place)" + Suggestion.phrase(for: entry.key, among: known),
                at: entry.keyPosition
            )
        }
    }

    func wrongType(_ key: String, _ node: TOMLNode, expected: String, example: String) {
        collector.error(
            "\(qualified(key)) must be \(expected), not \(node.kind); for example \(key) = \(example)",
            at: node.position
        )
    }

    private func section(_ key: String, _ entries: [TOMLEntry], _ position: Position) -> SectionReader {
        SectionReader(name: qualified(key), entries: entries, position: position, collector: collector)
    }
}

extension String {
    /// The text in one line of at most 64 characters, control characters replaced, for use in a message.
    var printable: String {
        let safe = String(
            String.UnicodeScalarView(
                unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }
            )
        )
        return safe.count > 64 ? safe.prefix(64) + "…" : safe
    }
}
