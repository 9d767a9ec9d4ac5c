import NIOCore
import NIOHTTP1
import NIOPosix

/// Gathers a request and writes the answer.
final class RequestHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    /// The greatest body that is taken, in bytes.
    private static let bodyLimit = 16 << 20

    private let answer: @Sendable (ReceivedRequest) -> ServerAnswer
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []
    private var isLocal = false

    init(answer: @escaping @Sendable (ReceivedRequest) -> ServerAnswer) {
        self.answer = answer
    }

    func channelActive(context: ChannelHandlerContext) {
        let address = context.remoteAddress?.ipAddress ?? ""
        isLocal = address.hasPrefix("127.") || address == "::1"
        context.fireChannelActive()
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
            guard body.count > Self.bodyLimit else { return }
            head = nil
            write(ServerAnswer.plain(413, "too much").bytes, context: context, closing: true)
        case .end:
            guard let head else { return }
            self.head = nil
            let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            let request = ReceivedRequest(
                method: head.method.rawValue,
                path: parts.first.map(String.init) ?? "",
                query: parts.count > 1 ? String(parts[1]) : "",
                headers: head.headers.map { ($0.name.lowercased(), $0.value) },
                body: body,
                isLocal: isLocal
            )
            let answer = answer(request)
            // Answers don't name the connection's state, so a client of HTTP/1.0 takes it for closing.
            let keepAlive = head.isKeepAlive && head.version != .http1_0
            guard answer.delay > 0 else { return send(answer, keepAlive: keepAlive, context: context) }
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .milliseconds(answer.delay)) {
                bound.value.0.send(answer, keepAlive: keepAlive, context: bound.value.1)
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.close(promise: nil) }
        write(ServerAnswer.plain(400, "this is no HTTP").bytes, context: context, closing: true)
    }

    private func send(_ answer: ServerAnswer, keepAlive: Bool, context: ChannelHandlerContext) {
        switch answer.manner {
        case .normal:
            write(answer.bytes, context: context, closing: !keepAlive)
        case .thenClose:
            write(answer.bytes, context: context, closing: true)
        case .truncated:
            write(Array(answer.bytes.dropLast((answer.bodyLength + 1) / 2)), context: context, closing: true)
        case .hang:
            break
        case .slow(let interval):
            drip(answer.bytes[...], interval, context: context)
        case .reset:
            reset(context.channel)
        case .resetMidway:
            let half = answer.bytes.prefix(answer.bytes.count / 2)
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            write(Array(half), context: context)
            // A reset discards what the client has not read yet, so it gets a moment to read.
            context.eventLoop.scheduleTask(in: .milliseconds(50)) {
                bound.value.0.reset(bound.value.1.channel)
            }
        }
    }

    private func write(_ bytes: [UInt8], context: ChannelHandlerContext, closing: Bool = false) {
        let written = context.writeAndFlush(wrapOutboundOut(context.channel.allocator.buffer(bytes: bytes)))
        guard closing else { return }
        let channel = context.channel
        written.whenComplete { _ in channel.close(promise: nil) }
    }

    /// Closes with SO_LINGER at 0, by which TCP sends RST instead of FIN.
    private func reset(_ channel: any Channel) {
        let set = (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        set?.whenComplete { _ in channel.close(promise: nil) }
    }

    private func drip(_ rest: ArraySlice<UInt8>, _ interval: Int64, context: ChannelHandlerContext) {
        guard let byte = rest.first, context.channel.isActive else { return }
        write([byte], context: context)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.scheduleTask(in: .milliseconds(interval)) {
            bound.value.0.drip(rest.dropFirst(), interval, context: bound.value.1)
        }
    }
}
