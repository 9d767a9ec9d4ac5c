import Testing

@testable import WatchConfiguration

/// importwatchd.toml(5) tells of every key, and of its default.
@Suite struct ManualPageTests {
    private struct Item {
        var section: String
        var names: String
        var text: String
    }

    /// What the page says: one item for each `.It`.
    private static func items() throws -> [Item] {
        let page = try Fixtures.text("docs/man/importwatchd.toml.5")
        var section = ""
        var items: [Item] = []
        for line in page.split(separator: "\n") {
            if line.hasPrefix(".Ss ") {
                section = String(line)
            } else if line.hasPrefix(".It Ic ") {
                items.append(Item(section: section, names: String(line.dropFirst(7)), text: ""))
            } else if line == ".El" {
                section += " (ended)"
            } else if !items.isEmpty, !section.hasSuffix("(ended)") {
                items[items.count - 1].text += line + "\n"
            }
        }
        return items
    }

    @Test(arguments: KeyTable.rows.filter { $0.section != .top && $0.name != "polling" })
    func everyKeyIsInItWithItsDefault(_ row: ConfigurationKey) throws {
        let titles: [ConfigurationKey.Section: [String]] = [
            .source: ["Source keys", "[[source]]"], .polling: ["[polling]"], .webhook: ["[[webhook]]"],
            .state: ["[state]"], .metrics: ["[metrics]"],
        ]
        let item = try Self.items().first { item in
            titles[row.section]?.contains { item.section.hasPrefix(".Ss \($0)") } == true
                && item.names.split(whereSeparator: { " ,".contains($0) }).contains(Substring(row.name))
        }
        let text = try #require(item, "importwatchd.toml(5) lacks \(row.name), since \(row.since): \(row.meaning)").text
        let isRefused = NotSupportedYet.allCases.contains { $0.rawValue == row.name }
        for word in row.words { #expect(text.contains(word), "importwatchd.toml(5) does not tell of \(word)") }
        guard !isRefused, let usual = row.defaultText, usual != "\"\"" else { return }
        let words = if case .words = row.kind { "all" } else { usual.replacing("\"", with: "") }
        let isSaid = text.split(whereSeparator: { " \n;,:".contains($0) })
            .contains { $0 == words || $0 == "\(words)." }
        #expect(isSaid, "importwatchd.toml(5) does not say that \(row.name) is \(words) by default")
    }
}
