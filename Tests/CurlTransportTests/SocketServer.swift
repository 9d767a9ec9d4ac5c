import Foundation
import Synchronization
import TestSupport

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

    private final class Record: Sendable {
        let accepted = Mutex(0)
        let received = Mutex<[String]>([])
    }

    private let listener: LoopbackListener
    private let record: Record

    init(_ manner: @escaping @Sendable (String) -> Manner) throws {
        let record = Record()
        self.record = record
        listener = try LoopbackListener { client in
            record.accepted.withLock { $0 += 1 }
            Self.serve(client, manner, record)
        }
    }

    var port: UInt16 { listener.port }
    var address: String { listener.address }
    var connections: Int { record.accepted.withLock { $0 } }
    /// The requests as they came, headers included.
    var requests: [String] { record.received.withLock { $0 } }

    private static func serve(
        _ client: Int32,
        _ manner: @escaping @Sendable (String) -> Manner,
        _ record: Record
    ) {
        guard let request = read(client, record) else { return }
        switch manner(request) {
        case .answerAndClose(let bytes):
            send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        case .answerAndKeep(let bytes):
            send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            while read(client, record) != nil { send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
        case .drip(let bytes):
            for byte in bytes where send(client, [byte], 1, Int32(MSG_NOSIGNAL)) == 1 { usleep(100_000) }
        case .reset(let bytes):
            send(client, bytes, bytes.count / 2, Int32(MSG_NOSIGNAL))
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(client, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        case .silence:
            while read(client, record) != nil {}
        }
    }

    /// Reads to the end of a request's headers and the body that they announce; `nil` at the connection's end.
    private static func read(_ client: Int32, _ record: Record) -> String? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = headerEnd(bytes), bytes.count >= end + contentLength(text) {
                record.received.withLock { $0.append(text) }
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
