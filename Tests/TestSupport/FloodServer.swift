import Foundation
import Synchronization

/// A server on this machine that answers each request with a beginning and then the same bytes for as long as they are
/// taken, some megabytes a second, at most for 30 s a connection.
public final class FloodServer: Sendable {
    /// The address, `http://127.0.0.1:PORT`.
    public let address: String
    private let descriptor: Int32
    private let sent = Mutex<Int>(0)
    private let accepted = Mutex<Int>(0)

    /// Starts listening.
    ///
    /// - Parameters:
    ///   - beginning: What is sent once.
    ///   - repeated: What is sent again and again after it; nothing means the end of the connection.
    public init(_ beginning: String, repeated: String = "") throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 1024) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        self.address = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        guard isListening else { throw TestProcess.Failure(description: "no server: errno \(errno)") }
        let times = repeated.isEmpty ? 0 : max(1, 65_536 / repeated.utf8.count)
        let (first, block) = (Array(beginning.utf8), Array(String(repeating: repeated, count: times).utf8))
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0, let self else { return }
                self.accepted.withLock { $0 += 1 }
                Thread.detachNewThread { self.serve(client, first, block) }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    /// How many bytes were taken.
    public var bytes: Int { sent.withLock { $0 } }
    /// How many connections there were.
    public var connections: Int { accepted.withLock { $0 } }

    private func serve(_ client: Int32, _ first: [UInt8], _ block: [UInt8]) {
        defer { close(client) }
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
                sent.withLock { $0 += count }
            }
            next = block
            // The machine's processors are not what the flooded program has to fight for.
            usleep(20_000)
        } while !block.isEmpty && Date() < end
    }
}
