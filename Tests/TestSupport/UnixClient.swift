import Foundation

/// A client at a Unix socket that needn't behave.
public final class UnixClient: Sendable {
    private let descriptor: Int32

    /// Connects; where too many wait already, it tries again until the time is over.
    public init(_ path: String, seconds: Double = 3) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let end = Date().addingTimeInterval(seconds)
        while true {
            let code = withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0 ? 0 : errno
                }
            }
            if code == 0 { return }
            guard code == EAGAIN, Date() < end else {
                throw TestProcess.Failure(description: "\(path): \(String(cString: strerror(code)))")
            }
            usleep(1000)
        }
    }

    deinit {
        close(descriptor)
    }

    /// Sends what the other end takes at once.
    public func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// What comes with or before a NUL, up to the end of the connection or of the time; `nil` in the last case.
    public func answer(seconds: Double) -> [UInt8]? {
        let end = Date().addingTimeInterval(seconds)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while Date() < end {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EAGAIN {
                usleep(1000)
                continue
            }
            guard count > 0 else { return bytes }
            bytes += chunk.prefix(count)
            // Only what came now is looked through: an answer is long.
            if memchr(chunk, 0, count) != nil { return bytes }
        }
        return nil
    }
}
