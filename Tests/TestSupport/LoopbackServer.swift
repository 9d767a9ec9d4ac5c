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

    /// The address, `http://127.0.0.1:PORT`.
    public let address: String
    private let descriptor: Int32
    private let received = Mutex<[Request]>([])

    /// Starts listening; `answer` is given each request and how many came before it.
    public init(_ answer: @escaping @Sendable (Request, Int) -> Answer) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && listen(descriptor, 256) == 0
                    && getsockname(descriptor, $0, &length) == 0
            }
        }
        self.address = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))"
        guard isListening else { throw TestProcess.Failure(description: "no server: errno \(errno)") }
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0, let self else { return }
                Thread.detachNewThread { self.serve(client, answer) }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    /// The requests so far.
    public var requests: [Request] { received.withLock { $0 } }

    private func serve(_ client: Int32, _ answer: @Sendable (Request, Int) -> Answer) {
        defer { close(client) }
        guard let request = Self.read(client) else { return }
        let number = received.withLock { requests in
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
