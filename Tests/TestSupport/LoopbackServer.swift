import Foundation
import Synchronization

/// A server on this machine that does with each request what a test says, each connection on a thread of its own.
public final class LoopbackServer: Sendable {
    /// A request as it came.
    public struct Request: Sendable {
        /// How many came before it.
        public var number: Int
        /// When it came, in seconds by a clock that only goes on.
        public var arrived: Double
        /// The method and the path with its query, `GET /a?b=c`.
        public var line: String
        /// The first line and the headers, one a line.
        public var head: String
        /// The body.
        public var body: String
    }

    /// What is done with a request.
    public enum Manner: Sendable {
        /// The bytes, and then the end of the connection.
        case answerAndClose([UInt8])
        /// The bytes, and then the connection's next request.
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
        let received = Mutex<[Request]>([])
    }

    private let listener: LoopbackListener
    private let record: Record

    /// Starts listening.
    public init(_ manner: @escaping @Sendable (Request) -> Manner) throws {
        let record = Record()
        self.record = record
        listener = try LoopbackListener { client in
            record.accepted.withLock { $0 += 1 }
            while let request = Self.read(client, record), Self.perform(manner(request), client) {}
        }
    }

    /// The port.
    public var port: UInt16 { listener.port }
    /// The address, `http://127.0.0.1:PORT`.
    public var address: String { listener.address }
    /// How many connections there were.
    public var connections: Int { record.accepted.withLock { $0 } }
    /// The requests so far.
    public var requests: [Request] { record.received.withLock { $0 } }

    /// An answer in the form in which it is sent.
    ///
    /// - Parameter headers: Further ones, each with the end of its line.
    public static func answer(_ status: String = "200 OK", headers: String = "", body: String = "hello") -> [UInt8] {
        Array("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)".utf8)
    }

    /// Whether the connection goes on.
    private static func perform(_ manner: Manner, _ client: Int32) -> Bool {
        switch manner {
        case .answerAndClose(let bytes):
            send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            return false
        case .answerAndKeep(let bytes):
            return send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
        case .drip(let bytes):
            for byte in bytes where send(client, [byte], 1, Int32(MSG_NOSIGNAL)) == 1 { usleep(100_000) }
            return false
        case .reset(let bytes):
            send(client, bytes, bytes.count / 2, Int32(MSG_NOSIGNAL))
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(client, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
            return false
        case .silence: return true
        }
    }

    /// Reads to the end of a request's headers and the body that they announce; `nil` at the connection's end.
    private static func read(_ client: Int32, _ record: Record) -> Request? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            if let end = headerEnd(bytes) {
                let head = String(decoding: bytes[..<(end - 4)], as: UTF8.self)
                if bytes.count >= end + contentLength(head) {
                    return note(head, body: String(decoding: bytes[end...], as: UTF8.self), record)
                }
            }
            let count = recv(client, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            bytes.append(contentsOf: chunk.prefix(count))
        }
    }

    private static func note(_ head: String, body: String, _ record: Record) -> Request {
        let line = head.prefix { $0 != "\r\n" }.split(separator: " ").prefix(2).joined(separator: " ")
        let now = ProcessInfo.processInfo.systemUptime
        return record.received.withLock { received in
            received.append(Request(number: received.count, arrived: now, line: line, head: head, body: body))
            return received[received.count - 1]
        }
    }

    private static func headerEnd(_ bytes: [UInt8]) -> Int? {
        guard bytes.count >= 4 else { return nil }
        return (0...bytes.count - 4).first { bytes[$0..<$0 + 4].elementsEqual([13, 10, 13, 10]) }.map { $0 + 4 }
    }

    private static func contentLength(_ head: String) -> Int {
        for line in head.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == "content-length" {
                return Int(parts[1].drop { $0 == " " }) ?? 0
            }
        }
        return 0
    }
}
