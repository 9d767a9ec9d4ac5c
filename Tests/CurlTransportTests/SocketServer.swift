import Foundation
import Synchronization

/// A server on this machine that answers each connection's first request with given bytes, on a thread of its own.
final class SocketServer: Sendable {
    /// What is done with a connection after its request was read.
    enum Manner: Sendable {
        /// The bytes, and then the end of the connection.
        case answerAndClose([UInt8])
        /// Each request of the connection is answered, until the client ends it.
        case answerAndKeep([UInt8])
        /// The bytes one by one, with a pause between.
        case drip([UInt8])
        /// A reset in the middle of the bytes.
        case reset([UInt8])
        /// Nothing; the connection stays.
        case silence
    }

    let port: UInt16
    private let descriptor: Int32
    private let accepted = Mutex(0)
    private let received = Mutex<[String]>([])

    init(_ manner: @escaping @Sendable (String) -> Manner) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, length)
                _ = listen(descriptor, 1024)
                _ = getsockname(descriptor, $0, &length)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        // Threads of their own: blocked work on Dispatch's queues would hold up the tests.
        Thread.detachNewThread { [weak self] in
            while let self {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                self.accepted.withLock { $0 += 1 }
                self.serve(client, manner)
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    var address: String { "http://127.0.0.1:\(port)" }
    var connections: Int { accepted.withLock { $0 } }
    /// The requests as they came, headers included.
    var requests: [String] { received.withLock { $0 } }

    private func serve(_ client: Int32, _ manner: @escaping @Sendable (String) -> Manner) {
        guard let request = read(client) else {
            close(client)
            return
        }
        switch manner(request) {
        case .answerAndClose(let bytes):
            send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            close(client)
        case .answerAndKeep(let bytes):
            Thread.detachNewThread { [self] in
                send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                while read(client) != nil { send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
                close(client)
            }
        case .drip(let bytes):
            Thread.detachNewThread {
                for byte in bytes where send(client, [byte], 1, Int32(MSG_NOSIGNAL)) == 1 { usleep(100_000) }
                close(client)
            }
        case .reset(let bytes):
            send(client, bytes, bytes.count / 2, Int32(MSG_NOSIGNAL))
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(client, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
            close(client)
        case .silence:
            Thread.detachNewThread { [self] in
                while read(client) != nil {}
                close(client)
            }
        }
    }

    /// Reads to the end of a request's headers and the body that they announce; `nil` at the connection's end.
    private func read(_ client: Int32) -> String? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = Self.headerEnd(bytes), bytes.count >= end + Self.contentLength(text) {
                received.withLock { $0.append(text) }
                return text
            }
            let count = recv(client, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            bytes.append(contentsOf: chunk.prefix(count))
        }
    }

    private static func headerEnd(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...bytes.count - 4).first { bytes[$0..<$0 + 4].elementsEqual([13, 10, 13, 10]) }.map { $0 + 4 }
    }

    private static func contentLength(_ request: String) -> Int {
        for line in request.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == "content-length" {
                return Int(parts[1].drop { $0 == " " }) ?? 0
            }
        }
        return 0
    }

    static func answer(_ status: String = "200 OK", headers: String = "", body: String = "hello") -> [UInt8] {
        Array("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)".utf8)
    }
}
