import Foundation
import Testing

/// What users and programs see, kept as text files beside the tests: a change of it is seen as a difference.
enum Golden {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Golden")

    /// Compares a text with the file `NAME.golden`; writes the file anew where `IMPORTWATCH_RECORD` is set.
    static func check(_ name: String, _ text: String) throws {
        let file = folder.appendingPathComponent(name + ".golden")
        if ProcessInfo.processInfo.environment["IMPORTWATCH_RECORD"] != nil {
            try text.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        let recorded = try String(contentsOf: file, encoding: .utf8)
        guard recorded != text else { return }
        Issue.record("\(name).golden differs; make golden records it anew\n\(UnifiedDiff.text(recorded, text))")
    }
}

/// Why nothing could be compared.
struct GoldenFailure: Error, CustomStringConvertible {
    var description: String
}
