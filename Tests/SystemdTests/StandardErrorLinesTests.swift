import Glibc
import ImportWatch
import Testing

@testable import Systemd

@Suite struct StandardErrorLinesTests {
    private let time = WallTime(millisecondsSinceEpoch: 0)

    private func entry(_ message: String, _ priority: JournalEntry.Priority = .error) -> JournalEntry {
        JournalEntry(kind: .summary, priority: priority, message: message)
    }

    @Test func aMessageIsOneLineWhateverTheServiceWrote() {
        let line = StandardErrorLines.line(entry("two\nlines\u{1B}[31m, \u{202E}backwards\u{2028}"), at: time)
        #expect(line == "1970-01-01T00:00:00.000Z error: two lines\u{FFFD}[31m,  backwards \n")
    }

    @Test func aLineThatNobodyTakesIsSaidToBeDropped() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        var lines = StandardErrorLines(descriptor: ends[1])
        var written = 0
        while written < 10_000, lines.write(entry(String(repeating: "x", count: 2000)), at: time) { written += 1 }
        #expect((1..<10_000).contains(written))
        let wasTaken = lines.write(entry("one more"), at: time)
        #expect(!wasTaken)

        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while read(ends[0], &buffer, buffer.count) > 0 {}
        let isTaken = lines.write(entry("room again"), at: time)
        #expect(isTaken)
        let count = read(ends[0], &buffer, buffer.count)
        let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        #expect(text.contains("2 lines were dropped"))
        #expect(text.hasSuffix("error: room again\n"))
    }
}
