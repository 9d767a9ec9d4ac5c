import JSON
import TestSupport
import Testing

/// Changes a good text at random places: every outcome but a crash is right.
@Suite struct JSONMutationTests {
    private static let text =
        #"{"JobId":"6f0c","FailureInfo":{"ErrorMessage":"caf\u00e9 \ud83d\ude00\u0000","n":null},"#
        + #""Created":1.7637e9,"Counts":[1200,-7,99999999999999999999],"ok":true,"é":"ü"}"#

    @Test(arguments: 0..<8) func neverCrashes(_ seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed))
        var refused = 0
        for _ in 0..<2500 {
            var bytes = Array(Self.text.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) { mutate(&bytes, using: &generator) }
            do {
                let value = try JSONValue(decoding: bytes)
                #expect(throws: Never.self) { try JSONValue(decoding: value.encoded()) }
            } catch {
                refused += 1
            }
        }
        #expect(refused > 100 && refused < 2500, "both outcomes occur")
    }

    private func mutate(_ bytes: inout [UInt8], using generator: inout SeededGenerator) {
        let position = Int.random(in: 0..<max(1, bytes.count), using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0 where !bytes.isEmpty: bytes[position] = UInt8.random(in: 0...255, using: &generator)
        case 1 where !bytes.isEmpty: bytes.remove(at: position)
        case 2:
            bytes.insert(contentsOf: Array("\\u\"{}[]:,0e".utf8.shuffled(using: &generator).prefix(2)), at: position)
        case 3 where bytes.count > 4: bytes.removeLast(Int.random(in: 1...3, using: &generator))
        default: bytes.insert(contentsOf: bytes.prefix(position), at: min(position, bytes.count))
        }
    }
}
