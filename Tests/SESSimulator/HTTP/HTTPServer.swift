import NIOCore
import NIOHTTP1
import NIOPosix

/// An HTTP/1.1 server whose answers are written byte by byte as the handler says, faults included.
struct HTTPServer {
    let channel: any Channel

    /// Where it listens, `http://host:port`.
    var url: String {
        let local = channel.localAddress
        let host = local?.ipAddress ?? ""
        return "http://\(host.contains(":") ? "[\(host)]" : host):\(local?.port ?? 0)"
    }

    /// - Parameter address: `host:port`, where port 0 takes a free one; IPv6 addresses stand in brackets.
    init(
        group: MultiThreadedEventLoopGroup,
        address: String,
        handler: @escaping @Sendable (ReceivedRequest) -> ServerAnswer
    ) throws {
        let (host, port) = try Self.parse(address)
        channel = try ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 4096)
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

    /// An address that is not `host:port`.
    struct AddressError: Error, CustomStringConvertible {
        let address: String
        var description: String { "\(address) is no address; write host:port, for example 127.0.0.1:8080" }
    }

    private static func parse(_ address: String) throws -> (host: String, port: Int) {
        guard let colon = address.lastIndex(of: ":"), let port = UInt16(address[address.index(after: colon)...]) else {
            throw AddressError(address: address)
        }
        let host = address[..<colon].drop { $0 == "[" }.filter { $0 != "]" }
        guard !host.isEmpty else { throw AddressError(address: address) }
        return (String(host), Int(port))
    }
}
