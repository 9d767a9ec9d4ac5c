import Foundation
import ImportWatch
import Synchronization
import Testing

@testable import Systemd

/// Whatever stderr is and however full, a line of any length is written or dropped at once, and none glues to another.
@Suite(.serialized) struct FullStandardErrorTests {
    private static let time = WallTime(millisecondsSinceEpoch: 0)

    private static func entry(_ text: String) -> JournalEntry {
        JournalEntry(kind: .summary, priority: .notice, message: text)
    }

    enum Kind: CaseIterable { case pipe, streamSocket, datagramSocket, terminal }

    /// Two ends: what is written to the second is read from the first.
    private static func ends(_ kind: Kind) throws -> [Int32] {
        var ends: [Int32] = [-1, -1]
        switch kind {
        case .pipe: try #require(pipe(&ends) == 0)
        case .streamSocket: try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        case .datagramSocket: try #require(socketpair(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0, &ends) == 0)
        case .terminal:
            var (master, terminal): (Int32, Int32) = (-1, -1)
            try #require(openpty(&master, &terminal, nil, nil, nil) == 0)
            ends = [master, terminal]
            var settings = termios()
            tcgetattr(ends[1], &settings)
            cfmakeraw(&settings)
            tcsetattr(ends[1], TCSANOW, &settings)
        }
        return ends
    }

    /// Fills the second end up, and takes so many bytes out again.
    private static func fill(_ ends: [Int32], leaving room: Int) {
        let flags = fcntl(ends[1], F_GETFL)
        _ = fcntl(ends[1], F_SETFL, flags | O_NONBLOCK)
        let line = Array((String(repeating: "f", count: 99) + "\n").utf8)
        while write(ends[1], line, line.count) > 0 {}
        _ = fcntl(ends[1], F_SETFL, flags)
        var taken = [UInt8](repeating: 0, count: max(1, room))
        if room > 0 { _ = read(ends[0], &taken, room) }
    }

    private static func drain(_ descriptor: Int32, _ kind: Kind) -> String {
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        var (text, buffer): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 1 << 16))
        // A terminal hands its bytes over by a worker of the kernel, some moments later.
        var patience = kind == .terminal ? 20 : 1
        while patience > 0 {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 { text += buffer.prefix(count) } else { patience -= 1; usleep(1000) }
        }
        _ = fcntl(descriptor, F_SETFL, 0)
        return String(decoding: text, as: UTF8.self)
    }

    /// Runs a body on a thread of its own; false where it does not end within 20 s.
    private static func ends(_ body: @escaping @Sendable () -> Void) -> Bool {
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            body()
            done.signal()
        }
        return done.wait(timeout: .now() + 20) == .success
    }

    @Test(arguments: Kind.allCases) func aLineNeverWaitsForItsReader(kind: Kind) throws {
        for length in [0, 100, 4000, 7000, 16_000] {
            for room in [0, 1, 100, 4095, 4096, 4097, 8192, 12_288, 20_000, 65_536] {
                let ends = try Self.ends(kind)
                Self.fill(ends, leaving: room)
                let flags = fcntl(ends[1], F_GETFL)
                let lines = Mutex(StandardErrorLines(descriptor: ends[1]))
                let wasTaken = Mutex(false)
                let isTaken = Mutex(false)
                let write: @Sendable (String) -> Bool = { text in
                    lines.withLock { $0.write(Self.entry(text), at: Self.time) }
                }
                let long = "B" + String(repeating: "x", count: length) + "E"
                try #require(
                    Self.ends { wasTaken.withLock { $0 = write(long) } },
                    "\(kind) blocks: \(length) in \(room)"
                )
                var shown = Self.drain(ends[0], kind)
                try #require(Self.ends { isTaken.withLock { $0 = write("after") } })
                shown += Self.drain(ends[0], kind)
                let last = shown.split(separator: "\n").last ?? ""
                #expect(isTaken.withLock { $0 } && last.hasSuffix("Z after"), "\(kind), \(length) in \(room): \(last)")
                let isWhole = shown.contains("Z \(long)\n")
                #expect(isWhole == wasTaken.withLock { $0 }, "\(kind), \(length) in \(room)")
                #expect(isWhole || shown.contains("1 line was dropped"))
                #expect(isWhole || !shown.contains("Z B") || shown.contains("x…\n"), "\(kind), \(length) in \(room)")
                #expect(fcntl(ends[1], F_GETFL) == flags)
                for end in ends { close(end) }
            }
        }
    }

    @Test func aPipeThatCanNotBeOpenedAnewIsWrittenInPieces() throws {
        for room in [0, 1, 4095, 4096, 4097, 8192, 12_288] {
            let ends = try Self.ends(.pipe)
            Self.fill(ends, leaving: room)
            let written = Mutex(-1)
            let end = ends[1]
            let isDone = Self.ends {
                let output = UnblockedOutput(descriptor: end, opensAnew: false)
                written.withLock { $0 = output.write(Array(repeating: 120, count: 7000)) }
            }
            try #require(isDone, "room for \(room)")
            let count = written.withLock { $0 }
            // The pipe has room by whole pages, which are not all filled up.
            #expect(
                room == 0 ? count == 0 : count == 7000 || count == 4096 || count == 0 && room < 4096,
                "\(room): \(count)"
            )
            for end in ends { close(end) }
        }
    }

    @Test func aFileAndAClosedReaderAreNoTrouble() throws {
        signal(SIGPIPE, SIG_IGN)
        let file = fileno(tmpfile())
        var lines = StandardErrorLines(descriptor: file)
        let isTaken = lines.write(Self.entry(String(repeating: "x", count: 9000)), at: Self.time)
        #expect(isTaken && lseek(file, 0, SEEK_END) > 9000)
        for kind in [Kind.pipe, .streamSocket] {
            let ends = try Self.ends(kind)
            var lines = StandardErrorLines(descriptor: ends[1])
            close(ends[0])
            let isTaken = lines.write(Self.entry("to nobody"), at: Self.time)
            #expect(!isTaken)
            close(ends[1])
        }
    }
}
