import NIOCore
import NIOHTTP1
import NIOPosix

/// A request as it was received.
struct ReceivedRequest: Sendable {
    var method: String
    /// The path as it was sent, without the query.
    var path: String
    /// The query as it was sent, without the question mark.
    var query: String
    var headers: [(name: String, value: String)]
    var body: [UInt8]

    /// The values of a header, joined by commas; `nil` when it is absent.
    func header(_ name: String) -> String? {
        let values = headers.filter { $0.name.lowercased() == name }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ",")
    }
}

/// What goes back, and how the connection is treated.
struct ServerAnswer: Sendable {
    enum Manner: Sendable {
        /// As HTTP says.
        case normal
        /// The answer, and then the connection is closed.
        case thenClose
        /// The connection is reset.
        case reset
        /// Nothing at all.
        case hang
        /// A byte each tenth of a second.
        case slow
        /// Half of the answer, and then the connection is closed.
        case truncated
    }

    /// The bytes of the whole answer, status line and headers included.
    var bytes: [UInt8]
    var manner: Manner = .normal

    init(status: Int, headers: [(String, String)] = [], body: [UInt8]) {
        var text = "HTTP/1.1 \(status) \(HTTPResponseStatus(statusCode: status).reasonPhrase)\r\n"
        for (name, value) in headers { text += "\(name): \(value)\r\n" }
        text += "Content-Length: \(body.count)\r\n\r\n"
        bytes = Array(text.utf8) + body
    }

    init(raw: [UInt8], manner: Manner) {
        bytes = raw
        self.manner = manner
    }
}

/// An HTTP/1.1 server whose answers are written byte by byte as the handler says, faults included.
struct HTTPServer {
    let channel: any Channel

    /// Where it listens, `host:port`.
    var address: String {
        let local = channel.localAddress
        return "\(local?.ipAddress ?? ""):\(local?.port ?? 0)"
    }

    init(
        group: MultiThreadedEventLoopGroup,
        address: String,
        handler: @escaping @Sendable (ReceivedRequest) -> ServerAnswer
    ) throws {
        let parts = address.split(separator: ":")
        let host = parts.first.map(String.init) ?? "127.0.0.1"
        let port = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        channel = try ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes))
                    )
                    try channel.pipeline.syncOperations.addHandler(RequestHandler(answer: handler))
                }
            }
            .bind(host: host, port: port)
            .wait()
    }
}

/// Gathers a request and writes the answer.
private final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let answer: @Sendable (ReceivedRequest) -> ServerAnswer
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(answer: @escaping @Sendable (ReceivedRequest) -> ServerAnswer) {
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            body = []
            if head.headers["expect"].contains(where: { $0.lowercased() == "100-continue" }) {
                write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8), context: context)
            }
        case .body(let buffer):
            body.append(contentsOf: buffer.readableBytesView)
        case .end:
            guard let head else { return }
            let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            let request = ReceivedRequest(
                method: head.method.rawValue,
                path: String(parts[0]),
                query: parts.count > 1 ? String(parts[1]) : "",
                headers: head.headers.map { ($0.name, $0.value) },
                body: body
            )
            send(answer(request), keepAlive: head.isKeepAlive, context: context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func send(_ answer: ServerAnswer, keepAlive: Bool, context: ChannelHandlerContext) {
        switch answer.manner {
        case .normal:
            write(answer.bytes, context: context, closing: !keepAlive)
        case .thenClose:
            write(answer.bytes, context: context, closing: true)
        case .truncated:
            write(Array(answer.bytes.dropLast(max(1, answer.bytes.count / 4))), context: context, closing: true)
        case .hang:
            break
        case .slow:
            drip(answer.bytes[...], context: context)
        case .reset:
            let channel = context.channel
            let set = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            set?.whenComplete { _ in channel.close(promise: nil) }
        }
    }

    private func write(_ bytes: [UInt8], context: ChannelHandlerContext, closing: Bool = false) {
        let written = context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)))
        guard closing else { return }
        let channel = context.channel
        written.whenComplete { _ in channel.close(promise: nil) }
    }

    private func drip(_ rest: ArraySlice<UInt8>, context: ChannelHandlerContext) {
        guard let byte = rest.first, context.channel.isActive else { return }
        write([byte], context: context)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(100)) {
            bound.value.0.drip(rest.dropFirst(), context: bound.value.1)
        }
    }
}
