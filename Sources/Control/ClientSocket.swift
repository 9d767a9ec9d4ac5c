import Glibc
import ImportWatch

/// A client's connection to a control socket; nothing that the other end does or leaves undone holds it beyond a limit.
final class ClientSocket {
    /// So long after it was seen at work one who is silent may be at work still.
    private static let pauseOfWork = Duration.seconds(1)

    private let path: String
    private let descriptor: Int32
    private let now: @Sendable () -> MonotonicInstant
    private let limit: Duration
    private let end: MonotonicInstant

    /// Connects; where too many wait already, it tries again until the time is over.
    ///
    /// - Parameter limit: The longest time that all of it takes.
    init(_ path: String, now: @escaping @Sendable () -> MonotonicInstant, limit: Duration, patience: Duration)
        throws(ControlError)
    {
        self.path = path
        self.now = now
        self.limit = limit
        end = now().advanced(by: limit)
        descriptor = UnixSocket.make(nonBlocking: true)
        guard descriptor >= 0 else { throw failure(errno) }
        let connectEnd = now().advanced(by: min(patience, limit))
        while true {
            let code = try UnixSocket.withAddress(path) { connect(descriptor, $0, $1) == 0 ? 0 : errno }
            if code == 0 { return }
            guard code == EAGAIN || code == EINTR else { throw failure(code) }
            guard now() < connectEnd else { throw .timeout(path: path, after: min(patience, limit)) }
            usleep(20_000)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Sends a message; where the other end has hung up, what it said before is there to be read all the same.
    func send(_ message: [UInt8]) throws(ControlError) {
        var rest = message[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                try wait(for: Int16(POLLOUT), patience: limit)
            } else if errno == EPIPE || errno == ECONNRESET {
                return
            } else if errno != EINTR {
                throw failure(errno)
            }
        }
    }

    /// Reads up to a NUL.
    ///
    /// - Parameters:
    ///   - patience: The longest time without a byte.
    ///   - size: The most bytes.
    func message(patience: Duration, size: Int) throws(ControlError) -> [UInt8] {
        var message: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while message.last != 0 {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                try wait(for: Int16(POLLIN), patience: patience)
                continue
            }
            if count < 0, errno != ECONNRESET { throw failure(errno) }
            guard count > 0 else { throw .noAnswer(path: path) }
            guard now() < end else { throw .timeout(path: path, after: limit) }
            message.append(contentsOf: chunk.prefix(count))
            guard message.count <= size else { throw .badAnswer(path: path, reason: "the answer is too long") }
        }
        return message.dropLast()
    }

    /// Waits until something can be done.
    ///
    /// A process at the other end that is stopped is not waited for longer than a little, and one that is seen at work
    /// has all the time there is: it is slow, as on a busy machine.
    private func wait(for events: Int16, patience: Duration) throws(ControlError) {
        let begun = now()
        var patienceEnd = begun.advanced(by: patience)
        let stoppedEnd = begun.advanced(by: ControlClient.usualPatience)
        while true {
            let state = UnixSocket.peerState(descriptor)
            let time = now()
            if state == UInt8(ascii: "R") { patienceEnd = max(patienceEnd, time.advanced(by: Self.pauseOfWork)) }
            guard time < end else { throw .timeout(path: path, after: limit) }
            guard time < patienceEnd else { throw .timeout(path: path, after: patience) }
            if time >= stoppedEnd, state == UInt8(ascii: "T") || state == UInt8(ascii: "t") {
                throw .timeout(path: path, after: ControlClient.usualPatience)
            }
            var wanted = pollfd(fd: descriptor, events: events, revents: 0)
            let left = time.duration(to: min(end, patienceEnd)).milliseconds
            let found = poll(&wanted, 1, Int32(max(1, min(left, 100))))
            if found > 0 { return }
            if found < 0, errno != EINTR { throw failure(errno) }
        }
    }

    private func failure(_ code: Int32) -> ControlError {
        switch code {
        case ENOENT, ECONNREFUSED, ENOTDIR: .nobodyListens(paths: [path])
        case EACCES, EPERM: .permissionDenied(path: path)
        default: .failed(path: path, reason: String(cString: strerror(code)))
        }
    }
}
