import Foundation
import ImportWatch
import Testing

/// What `journalctl -x` shows beside an entry.
@Suite struct CatalogTests {
    private let entries: [(id: String, lines: [String])]

    init() throws {
        let text = try String(contentsOfFile: "\(Repository.path)/systemd/importwatchd.catalog", encoding: .utf8)
        entries = text.components(separatedBy: "\n-- ").dropFirst().map { entry in
            let lines = entry.components(separatedBy: "\n")
            return (lines[0], Array(lines.dropFirst()))
        }
    }

    @Test func everyKindOfEntryIsExplainedOnceAndNothingElseIs() {
        let explained = entries.map(\.id).sorted()
        #expect(explained == JournalEntry.Kind.allCases.map(\.messageID).sorted())
        #expect(explained.allSatisfy { $0.wholeMatch(of: #/[0-9a-f]{32}/#) != nil })
    }

    @Test func everyEntryHasItsHeaderABodyAndLinesThatFit() {
        for (id, lines) in entries {
            #expect(lines.first?.hasPrefix("Subject: ") == true, "\(id)")
            #expect(lines.contains("Defined-By: importwatchd"), "\(id)")
            #expect(lines.contains { $0.hasPrefix("Documentation: man:importwatchd") }, "\(id)")
            let body = lines.drop { !$0.isEmpty }.filter { !$0.isEmpty }
            #expect(body.count >= 1, "\(id) explains nothing")
            #expect(lines.allSatisfy { $0.count <= 80 }, "\(id)")
        }
    }

    @Test func placeholdersNameFieldsThatExist() {
        let fields = Set(JournalEntry.Field.allCases.map(\.rawValue))
        var seen = 0
        for (id, lines) in entries {
            for match in lines.joined(separator: "\n").matches(of: #/@([A-Z_]+)@/#) {
                seen += 1
                #expect(fields.contains(String(match.1)), "\(id) names \(match.1)")
            }
        }
        #expect(seen > 10)
    }
}

/// The folder of the package.
enum Repository {
    static let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        .standardized.path
}
