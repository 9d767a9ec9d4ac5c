import Glibc
import JSON

/// Asks a daemon at its control socket; blocks until it answers.
public struct ControlClient: Sendable {
    private let path: String
    private let timeout: Duration

    /// Names the socket.
    ///
    /// - Parameter timeout: The longest wait for an answer.
    public init(path: String, timeout: Duration = .seconds(30)) {
        self.path = path
        self.timeout = timeout
    }

    /// What is going on.
    public func status() throws(ControlError) -> StatusReport {
        guard let report = StatusReport(json: try call("Status")) else {
            throw .badAnswer(path: path, reason: "the status can't be read; is the daemon of another version?")
        }
        return report
    }

    /// Has the configuration read anew and waits for the verdict.
    public func reload() throws(ControlError) -> ReloadVerdict {
        guard let verdict = ReloadVerdict(json: try call("Reload")) else {
            throw .badAnswer(path: path, reason: "the verdict can't be read; is the daemon of another version?")
        }
        return verdict
    }

    private func call(_ method: String) throws(ControlError) -> JSONValue {
        let descriptor = UnixSocket.make(nonBlocking: false)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        let code = try UnixSocket.withAddress(path) { connect(descriptor, $0, $1) == 0 ? 0 : errno }
        guard code == 0 else { throw failure(code) }
        var limit = timeval(tv_sec: Int(timeout.components.seconds), tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let request: JSONValue = ["method": .string("\(ControlInterface.name).\(method)"), "parameters": [:]]
        let bytes = request.encoded() + [0]
        guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw failure(errno)
        }
        return try answer(descriptor)
    }

    private func answer(_ descriptor: Int32) throws(ControlError) -> JSONValue {
        var message: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while message.last != 0 {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(errno) }
            guard count > 0 else { throw .permissionDenied(path: path) }
            message.append(contentsOf: chunk.prefix(count))
            guard message.count <= ControlConnection.outputLimit else {
                throw .badAnswer(path: path, reason: "the answer is too long")
            }
        }
        guard let value = try? JSONValue(decoding: message.dropLast()) else {
            throw .badAnswer(path: path, reason: "the answer is no JSON")
        }
        if let error = value["error"]?.string { throw .badAnswer(path: path, reason: "the daemon answered \(error)") }
        return value["parameters"] ?? .object([])
    }

    private func failure(_ code: Int32) -> ControlError {
        switch code {
        case ENOENT, ECONNREFUSED, ENOTDIR: .nobodyListens(path: path)
        case EACCES, EPERM: .permissionDenied(path: path)
        case EAGAIN: .timeout(path: path)
        default: .failed(path: path, reason: String(cString: strerror(code)))
        }
    }
}
