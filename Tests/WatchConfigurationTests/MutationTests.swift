import Foundation
import TestSupport
import Testing

@testable import WatchConfiguration

/// Good files, damaged at random in ways that repeat: never a crash, and every complaint lies inside its file.
@Suite struct MutationTests {
    private static let rounds = 250
    private static let tokens =
        [
            "\"", "'", "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "#", "\n", "\r\n", "\\", "\\u0000", "\"\"\"",
            "'''",
            "1e999", "-", "0x", "1979-05-27T07:32:00Z", "nan", "true", "\u{0}", "\u{FEFF}", "日本", "\u{202E}", "polling",
            "[[webhook]]\n", "[state]\n", "a.b.c.d = 1\n", "jobs", "whsec_", "https://", "99999999999999999999",
            "\"5s\"",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]

    @Test(arguments: Fixtures.names("good"))
    func mutatedFileIsAnsweredWithPlacesInside(_ name: String) throws {
        let original = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Fixtures.path("good", name))))
        var random = SeededGenerator(seed: name.utf8.reduce(1) { $0 &* 31 &+ UInt64($1) })
        var refused = 0
        for _ in 0..<Self.rounds {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &random) { Self.mutate(&bytes, &random) }
            let complaints: [Complaint]
            do throws(ConfigurationError) {
                complaints = try Self.loader(bytes).load(path: Self.path).warnings
            } catch {
                guard case .invalid(let found) = error else { throw error }
                complaints = found
                refused += 1
                #expect(found.contains { $0.severity == .error })
            }
            for complaint in complaints where complaint.path == Self.path {
                #expect(Self.isInside(complaint, bytes), "\(complaint) in \(String(decoding: bytes, as: UTF8.self))")
            }
        }
        #expect(refused > 0)
    }

    /// Beside the good fixtures, so that their lists and secrets are found.
    private static let path = Fixtures.path("good", "mutated")

    private static func loader(_ bytes: [UInt8]) -> ConfigurationLoader {
        ConfigurationLoader(files: Overlay(path: path, bytes: bytes), environment: [:])
    }

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        let start = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, start + Int.random(in: 0...12, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes.removeSubrange(start..<end)
        case 1: bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...bytes.count, using: &random))
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: start)
        case 3: if start < bytes.count { bytes[start] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
        case 4: bytes.removeLast(bytes.count - start)
        default: bytes.insert(contentsOf: tokens.randomElement(using: &random) ?? [], at: start)
        }
    }

    /// Whether the line is one of the text's and the column at most one behind its end.
    private static func isInside(_ complaint: Complaint, _ bytes: [UInt8]) -> Bool {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard (1...lines.count).contains(complaint.line) else { return false }
        let characters = lines[complaint.line - 1].count { $0 & 0xC0 != 0x80 }
        return (1...(characters + 1)).contains(complaint.column)
    }
}
