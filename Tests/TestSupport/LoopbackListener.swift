import Foundation

/// Listens at a free port of this machine and hands each connection over, on a thread of its own; ends with the value.
public final class LoopbackListener: Sendable {
    /// The port.
    public let port: UInt16
    private let descriptor: Int32

    /// Begins to listen.
    ///
    /// - Parameter serve: Given each connection, on a thread of its own; the connection is closed after it.
    public init(_ serve: @escaping @Sendable (_ client: Int32) -> Void) throws {
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
        port = UInt16(bigEndian: address.sin_port)
        guard isListening else { throw TestProcess.Failure(description: "no server: errno \(errno)") }
        // Threads of their own: blocked work on Dispatch's queues would hold up the tests.
        Thread.detachNewThread {
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread {
                    serve(client)
                    close(client)
                }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    /// The address, `http://127.0.0.1:PORT`.
    public var address: String { "http://127.0.0.1:\(port)" }
}
