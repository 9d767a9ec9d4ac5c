import Glibc

/// One HTTP exchange with a server on this machine, over a plain socket; the server closes the connection.
public enum HTTPExchange {
    /// Sends a request and answers the body.
    public static func run(_ method: String, _ url: String, body: String = "") throws -> [UInt8] {
        let rest = url.dropFirst("http://".count)
        let authority = rest.prefix { $0 != "/" }
        let port = UInt16(authority.split(separator: ":").last ?? "") ?? 80
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw TestProcess.Failure(description: "no connection to \(authority)") }
        let request =
            "\(method) \(rest.dropFirst(authority.count)) HTTP/1.1\r\nHost: \(authority)\r\n"
            + "Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n" + body
        let bytes = Array(request.utf8)
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw TestProcess.Failure(description: "\(authority) took no request")
        }
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            guard count > 0 else { break }
            answer.append(contentsOf: chunk.prefix(count))
        }
        let mark = Array("\r\n\r\n".utf8)
        guard let end = answer.indices.first(where: { answer[$0...].starts(with: mark) }) else {
            throw TestProcess.Failure(description: "\(authority) gave no answer")
        }
        return Array(answer[(end + 4)...])
    }
}
