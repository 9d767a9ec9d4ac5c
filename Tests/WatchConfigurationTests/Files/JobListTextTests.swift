import TestSupport
import Testing

@testable import WatchConfiguration

/// Lists as the tool edits them, against what a person would say of the same edits.
@Suite struct JobListTextTests {
    private func text(_ list: JobListText) -> String { String(decoding: list.bytes, as: UTF8.self) }

    @Test func commentsLineEndsAndBytesStayAsTheyAre() {
        var list = JobListText(Array("\u{FEFF}a # ours\r\n\r\n# caf".utf8) + [0xE9] + Array("\r\n\tb\t#\r\nc".utf8))
        #expect(list.add(["b", "a", "c", "d", "d"]) == ["d"])
        #expect(list.remove(["b", "x"]) == ["b"])
        #expect(list.bytes == Array("\u{FEFF}a # ours\r\n\r\n# caf".utf8) + [0xE9] + Array("\r\nc\nd\n".utf8))
    }

    @Test func whatNobodyElseTouchedIsAsItWas() {
        for seed in 0..<500 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let before = JobListText(Array(lines(&random).map { $0 + "\n" }.joined().utf8))
            var list = before
            if Bool.random(using: &random) { _ = list.add(ids(&random)) } else { _ = list.remove(ids(&random)) }
            let after = list
            list.takeBack(from: before, to: after)
            #expect(list == before, "seed \(seed)")
        }
    }

    /// Of what others have added or removed meanwhile nothing is lost, and of one's own change nothing is left.
    @Test func onlyOnesOwnChangeIsTakenBack() {
        for seed in 0..<500 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let before = JobListText(Array(lines(&random).map { $0 + "\n" }.joined().utf8))
            var list = before
            let mine = Set(ids(&random))
            let added = Set(list.add(Array(mine)))
            let isAdding = Bool.random(using: &random)
            if !isAdding { list = before }
            let removed = isAdding ? [] : list.remove(Array(mine))
            let after = list
            let theirs = Set((100..<(101 + Int.random(in: 0..<5, using: &random))).map { "id-\($0)" })
            _ = list.add(Array(theirs))
            let gone = list.remove(ids(&random).filter { !mine.contains($0) })
            list.takeBack(from: before, to: after)
            let left = Set(text(list).split(separator: "\n").map { String($0.prefix { $0 != " " }) })
            #expect(left.isSuperset(of: theirs), "seed \(seed)")
            #expect(left.isSuperset(of: removed), "seed \(seed)")
            #expect(left.isDisjoint(with: isAdding ? added : []), "seed \(seed)")
            #expect(left.isDisjoint(with: gone), "seed \(seed)")
        }
    }

    private func ids(_ random: inout SeededGenerator) -> [String] {
        (0..<Int.random(in: 1..<6, using: &random)).map { _ in "id-\(Int.random(in: 0..<12, using: &random))" }
    }

    /// Some IDs, each once, one of them perhaps with a comment.
    private func lines(_ random: inout SeededGenerator) -> [String] {
        var seen: Set<String> = []
        return ids(&random).filter { seen.insert($0).inserted }.map { Bool.random(using: &random) ? $0 : $0 + " # why" }
    }
}
