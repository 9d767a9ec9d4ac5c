import Foundation
import Synchronization

/// A server on this machine whose answers a test makes: one a connection, each connection on a thread of its own.
public final class LoopbackServer: Sendable {
    /// A request as it came.
    public struct Request: Sendable {
        /// The method and the path with its query, `GET /a?b=c`.
        public var line: String
        /// Headers as they came, one a line.
        public var head: String
        /// The body.
        public var body: String
    }

    /// What is answered.
    public struct Answer: Sendable {
        /// The status and its words.
        public var status: String
        /// The body, JSON as a rule.
        public var body: String
        /// Seconds before the answer.
        public var delay: Double

        /// Makes an answer.
        public init(_ body: String, status: String = "200 OK", delay: Double = 0) {
            self.body = body
            self.status = status
            self.delay = delay
        }
    }

    private final class Received: Sendable {
        let requests = Mutex<[Request]>([])
    }

    private let listener: LoopbackListener
    private let received: Received

    /// Starts listening; `answer` is given each request and how many came before it.
    public init(_ answer: @escaping @Sendable (Request, Int) -> Answer) throws {
        let received = Received()
        self.received = received
        listener = try LoopbackListener { Self.serve($0, answer, received) }
    }

    /// The address, `http://127.0.0.1:PORT`.
    public var address: String { listener.address }

    /// The requests so far.
    public var requests: [Request] { received.requests.withLock { $0 } }

    private static func serve(_ client: Int32, _ answer: @Sendable (Request, Int) -> Answer, _ received: Received) {
        guard let request = read(client) else { return }
        let number = received.requests.withLock { requests in
            requests.append(request)
            return requests.count - 1
        }
        let answer = answer(request, number)
        if answer.delay > 0 { Thread.sleep(forTimeInterval: answer.delay) }
        let bytes = Array(
            ("HTTP/1.1 \(answer.status)\r\nContent-Length: \(answer.body.utf8.count)\r\n"
                + "Content-Type: application/json\r\nConnection: close\r\n\r\n\(answer.body)").utf8
        )
        send(client, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    private static func read(_ client: Int32) -> Request? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let head = String(text[..<end.lowerBound])
                let body = String(text[end.upperBound...])
                let lines = head.components(separatedBy: "\r\n")
                let length = lines.compactMap { line -> Int? in
                    let parts = line.split(separator: ":", maxSplits: 1)
                    guard parts.count == 2, parts[0].lowercased() == "content-length" else { return nil }
                    return Int(parts[1].trimmingCharacters(in: .whitespaces))
                }
                if body.utf8.count >= length.first ?? 0 {
                    let words = lines[0].split(separator: " ")
                    return Request(line: words.prefix(2).joined(separator: " "), head: head, body: body)
                }
            }
            let count = recv(client, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            bytes.append(contentsOf: chunk.prefix(count))
        }
    }
}
