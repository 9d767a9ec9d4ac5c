import ImportWatch

/// Further headers of a webhook: which names and values may be sent.
enum HeaderRules {
    /// Headers that the notification itself sets.
    static let own: Set<String> = [
        "content-length", "content-type", "host", "transfer-encoding", "user-agent", "webhook-id", "webhook-signature",
        "webhook-timestamp",
    ]

    private static let example = "headers = { X-Team = \"mail\" }"

    /// The headers of the table `headers`, in the order of the file; no complaint shows a value.
    static func read(_ section: inout SectionReader) -> [HTTPHeader] {
        guard let entry = section.take("headers") else { return [] }
        guard case .table(let entries) = entry.node.value else {
            section.wrongType("headers", entry.node, expected: "a table of strings", example: example)
            return []
        }
        var names: Set<String> = []
        return entries.compactMap { header in
            let key = section.qualified("headers")
            if let problem = problem(withName: header.key, among: &names) {
                section.collector.error(problem, at: header.keyPosition, key: key)
                return nil
            }
            guard case .string(let value) = header.node.value else {
                let message = "the header \(header.key.quoted) must be a string, not \(header.node.kind)"
                section.collector.error("\(message); for example \(example)", at: header.node.position, key: key)
                return nil
            }
            guard isValue(value) else {
                let message = "the value of the header \(header.key.quoted) can't hold control characters"
                section.collector.error(message, at: header.node.position, key: key)
                return nil
            }
            return HTTPHeader(header.key, value)
        }
    }

    private static func problem(withName name: String, among names: inout Set<String>) -> String? {
        guard isToken(name) else {
            return
                "\"\(name.quoted)\" can't be the name of a header; it may hold letters, digits and !#$%&'*+-.^_`|~"
        }
        guard !own.contains(name.lowercased()) else {
            return "the header \(name) is set by importwatchd; leave it out"
        }
        guard names.insert(name.lowercased()).inserted else {
            return "the header \(name.quoted) is there already; names of headers don't tell case apart"
        }
        return nil
    }

    /// A token of RFC 9110, section 5.6.2.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || "!#$%&'*+-.^_`|~".utf8.contains($0)
            }
    }

    /// A field value of RFC 9110, section 5.5: no control characters but the tab.
    static func isValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }
    }
}
