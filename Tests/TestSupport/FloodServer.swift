import Foundation
import Synchronization

/// A server on this machine that answers each request with a beginning and then the same bytes for as long as they are
/// taken, some megabytes a second or as fast as they are taken, at most for 30 s a connection.
public final class FloodServer: Sendable {
    private final class Counts: Sendable {
        let sent = Mutex<Int>(0)
        let accepted = Mutex<Int>(0)
    }

    private let listener: LoopbackListener
    private let counts: Counts

    /// Starts listening.
    ///
    /// - Parameters:
    ///   - beginning: What is sent once.
    ///   - repeated: What is sent again and again after it; nothing means the end of the connection.
    ///   - isPaced: Whether it leaves the processors to others between.
    public init(_ beginning: String, repeated: String = "", isPaced: Bool = true) throws {
        let times = repeated.isEmpty ? 0 : max(1, 65_536 / repeated.utf8.count)
        let (first, block) = (Array(beginning.utf8), Array(String(repeating: repeated, count: times).utf8))
        let counts = Counts()
        self.counts = counts
        listener = try LoopbackListener { client in
            counts.accepted.withLock { $0 += 1 }
            Self.serve(client, first, block, isPaced, counts)
        }
    }

    /// The address, `http://127.0.0.1:PORT`.
    public var address: String { listener.address }
    /// How many bytes were taken.
    public var bytes: Int { counts.sent.withLock { $0 } }
    /// How many connections there were.
    public var connections: Int { counts.accepted.withLock { $0 } }

    private static func serve(
        _ client: Int32,
        _ first: [UInt8],
        _ block: [UInt8],
        _ isPaced: Bool,
        _ counts: Counts
    ) {
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(client, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        var head: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while !String(decoding: head, as: UTF8.self).contains("\r\n\r\n") {
            let count = recv(client, &chunk, chunk.count, 0)
            guard count > 0 else { return }
            head.append(contentsOf: chunk.prefix(count))
        }
        let end = Date().addingTimeInterval(30)
        var next = first
        repeat {
            var rest = next[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
                counts.sent.withLock { $0 += count }
            }
            next = block
            // The machine's processors are not what the flooded program has to fight for.
            if isPaced { usleep(20_000) }
        } while !block.isEmpty && Date() < end
    }
}
