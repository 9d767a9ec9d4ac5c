/// The names of sources and webhooks, which go into journal fields, tables and metrics.
enum SectionName {
    /// The table's name; its absence is an error too.
    static func read(_ section: inout SectionReader) -> Located<String>? {
        guard section.has("name") else {
            section.collector.error(
                "a [[\(section.name)]] needs a name; for example \(section.key("name").exampleLine)",
                at: section.position,
                key: section.qualified("name")
            )
            return nil
        }
        guard let name = section.string("name") else { return nil }
        let isName =
            (1...64).contains(name.value.utf8.count)
            && name.value.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || "-_.".utf8.contains($0)
            }
        guard isName else {
            section.complain("name", "must be 1 to 64 letters, digits, -, _ or .", at: name.position)
            return nil
        }
        return name
    }
}

/// Sees to it that a name is given once.
struct UniqueNames {
    private enum Owner {
        case topLevel
        case table(Position)
    }

    private let what: String
    private var owners: [String: Owner] = [:]

    /// - Parameter what: What is named, as a complaint says it.
    init(of what: String) {
        self.what = what
    }

    /// Takes a name that the top-level keys stand for.
    mutating func reserve(_ name: String) {
        owners[name] = .topLevel
    }

    /// Whether the name is free; complains if it is not.
    mutating func accept(_ name: Located<String>, _ collector: ComplaintCollector) -> Bool {
        let place: String
        switch owners[name.value] {
        case nil:
            owners[name.value] = .table(name.position)
            return true
        case .topLevel: place = "made by the keys at the top level"
        case .table(let first): place = "at line \(first.line)"
        }
        let message = "there is a \(what) \"\(name.value)\" already, \(place); give this one another name"
        collector.error(message, at: name.position, key: "\(what).name")
        return false
    }
}
