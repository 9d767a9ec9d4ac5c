import NIOHTTP1

/// What goes back, and how the connection is treated.
struct ServerAnswer: Sendable {
    /// How the bytes are sent.
    enum Manner: Sendable {
        /// As HTTP says.
        case normal
        /// The answer, and then the connection is closed.
        case thenClose
        /// The connection is reset before the answer.
        case reset
        /// Half of the answer, and then the connection is reset.
        case resetMidway
        /// Nothing at all.
        case hang
        /// A byte each so many milliseconds.
        case slow(Int64)
        /// The head and half of the body, and then the connection is closed.
        case truncated
    }

    /// The bytes of the whole answer, status line and headers included.
    var bytes: [UInt8]
    var manner: Manner = .normal
    /// How many of the bytes are the body.
    private(set) var bodyLength = 0
    /// How long the answer is kept back, in milliseconds.
    var delay: Int64 = 0

    init(status: Int, headers: [(String, String)] = [], body: [UInt8], manner: Manner = .normal) {
        var text = "HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        if case .thenClose = manner { text += "Connection: close\r\n" }
        // A 204 has neither body nor length (RFC 9110, section 8.6).
        text += status == 204 ? "\r\n" : "Content-Length: \(body.count)\r\n\r\n"
        bytes = Array(text.utf8) + body
        bodyLength = body.count
        self.manner = manner
    }

    init(raw: [UInt8], manner: Manner) {
        bytes = raw
        self.manner = manner
    }

    /// The same answer, sent in another manner.
    func sent(_ manner: Manner) -> ServerAnswer {
        var answer = self
        answer.manner = manner
        return answer
    }

    static func plain(_ status: Int, _ text: String) -> ServerAnswer {
        ServerAnswer(status: status, headers: [("Content-Type", "text/plain")], body: Array("\(text)\n".utf8))
    }
}
