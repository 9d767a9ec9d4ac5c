import TestSupport
import Testing

@testable import WatchConfiguration

/// What is said about keys that are not known where they stand.
@Suite struct MisplacedKeyTests {
    @Test(arguments: KeyHomes.sections.map { ($1.rawValue, $0) }.sorted { $0 < $1 })
    func everyKeyIsKnownAtHomeAndSentThereFromElsewhere(_ home: String, _ key: String) {
        let tables = ["": "", "source": "[[source]]\n", "webhook": "[[webhook]]\n"]
        let atHome = (tables[home] ?? "[\(home)]\n") + "\(key) = false\n"
        #expect(!MemoryFiles().complaints(atHome).contains { $0.contains("unknown key") })

        let elsewhere = home == "metrics" ? "[state]\n" : "[metrics]\n"
        let said = MemoryFiles().complaints(elsewhere + "\(key) = false\n")
        #expect(said.contains { $0.contains("unknown key \"\(key)\"") && $0.contains("it belongs") }, "\(said)")
    }

    @Test func everyRefusedFeatureIsNamedOnce() {
        #expect(Set(NotSupportedYet.allCases.map(\.rawValue)).count == NotSupportedYet.allCases.count)
        let said = Fixtures.expected("bad", "not-supported-yet").joined(separator: "\n")
        for feature in NotSupportedYet.allCases {
            #expect(said.contains(": \(feature.rawValue) is not supported yet"), "\(feature)")
        }
    }
}
