/// Where a key belongs that stands in the wrong table.
///
/// The usual slip is a key of the top level that was written below `[polling]` and so became one of its keys.
enum KeyHomes {
    /// The tables by the keys that they alone have.
    static let sections: [String: ConfigurationKey.Section] = Dictionary(grouping: KeyTable.rows, by: \.name)
        .compactMapValues { $0.count == 1 && !$0[0].isAmbiguous ? $0[0].section : nil }

    private static let names = Set(KeyTable.rows.map(\.name))

    /// Whether a text is the name of a key or table that a configuration has, or several with dots between them.
    static func isKey(_ text: some StringProtocol) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { names.contains(String($0)) }
    }

    /// `; it belongs in …`, or nothing for a key that no table has.
    static func phrase(for key: String) -> String {
        switch sections[key] {
        case nil: ""
        case .top: "; it belongs at the top level"
        case .source: "; it belongs above the first [table], or in a [[source]]"
        case .webhook: "; it belongs in a [[webhook]]"
        case let section?: "; it belongs in [\(section.rawValue)]"
        }
    }
}
