import Glibc
import ImportWatch

/// Why the control socket can't be used.
public enum ControlError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The path doesn't fit a socket's address.
    case pathTooLong(path: String, limit: Int)
    /// Another daemon listens there.
    case inUse(path: String)
    /// Nobody listens at any of the places where a daemon would.
    case nobodyListens(paths: [String])
    /// This user may not ask.
    case permissionDenied(path: String)
    /// The daemon that listens works on another state.
    case otherState(path: String, state: String)
    /// No answer in time.
    case timeout(path: String, after: Duration)
    /// The connection ended before an answer.
    case noAnswer(path: String)
    /// The answer makes no sense, or is an error.
    case badAnswer(path: String, reason: String)
    /// Anything else that the system reports.
    case failed(path: String, reason: String)

    /// One line for a person.
    public var description: String {
        // Whoever listens there may say what it likes.
        words.inOneLine
    }

    private var words: String {
        switch self {
        case .pathTooLong(let path, let limit):
            "control socket \(path): longer than \(limit) bytes; use a shorter [state] path"
        case .inUse(let path): "control socket \(path): another importwatchd listens there"
        case .nobodyListens(let paths):
            "control socket \(paths.joined(separator: " or ")): no importwatchd listens there; is it running?"
        case .permissionDenied(let path):
            "control socket \(path): this user may not do that; run as root or as the daemon's user "
                + "(its group may use status and deliveries)"
        case .otherState(let path, let state):
            "control socket \(path): its daemon works on the state \(state), not on this configuration's"
        case .timeout(let path, let limit):
            "control socket \(path): no answer in \(limit.inWords); is importwatchd stopped or hanging?"
        case .noAnswer(let path):
            "control socket \(path): importwatchd ended the connection without an answer; its journal may say why"
        case .badAnswer(let path, let reason): "control socket \(path): \(reason)"
        case .failed(let path, let reason): "control socket \(path): \(reason)"
        }
    }
}

/// The system calls of Unix sockets.
enum UnixSocket {
    /// The longest path of an address, in bytes.
    static let pathLimit = 107

    static func withAddress<Result>(
        _ path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) throws(ControlError) -> Result {
        guard path.utf8.count <= pathLimit else { throw .pathTooLong(path: path, limit: pathLimit) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }

    static func make(nonBlocking: Bool) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        return socket(AF_UNIX, nonBlocking ? kind | Int32(SOCK_NONBLOCK.rawValue) : kind, 0)
    }

    /// What came of an attempt to take a connection.
    enum Accepted {
        /// A non-blocking descriptor.
        case client(Int32)
        /// None waits.
        case nobody
        /// One waits, but the process or the system has no descriptor, or no memory, for it.
        case shortage
    }

    /// Takes the next connection that waits.
    static func accept(_ descriptor: Int32) -> Accepted {
        while true {
            let client = Glibc.accept(descriptor, nil, nil)
            if client < 0 {
                switch errno {
                case EINTR, ECONNABORTED: continue
                case EAGAIN: return .nobody
                default: return .shortage
                }
            }
            if fcntl(client, F_SETFD, FD_CLOEXEC) == 0, fcntl(client, F_SETFL, O_NONBLOCK) == 0 {
                return .client(client)
            }
            close(client)
        }
    }

    /// Who is at the other end of a connection; without the supplementary groups where the kernel doesn't tell them.
    static func peer(_ descriptor: Int32) -> ControlPeer? {
        guard let credentials = credentials(descriptor) else { return nil }
        var groups = [gid_t](repeating: 0, count: 65_536)
        var length = socklen_t(groups.count * MemoryLayout<gid_t>.stride)
        let isTold = getsockopt(descriptor, SOL_SOCKET, SO_PEERGROUPS, &groups, &length) == 0
        let told = isTold ? groups.prefix(Int(length) / MemoryLayout<gid_t>.stride) : []
        return ControlPeer(user: credentials[1], groups: [credentials[2]] + told)
    }

    /// The state of the process at the other end of a connection, as a letter of proc(5): `R` runs or is ready to, `T` and
    /// `t` are stopped; `nil` where it can't be seen.
    static func peerState(_ descriptor: Int32) -> UInt8? {
        guard let pid = credentials(descriptor)?[0], pid > 0, let file = fopen("/proc/\(pid)/stat", "re") else {
            return nil
        }
        defer { fclose(file) }
        var line = [UInt8](repeating: 0, count: 512)
        let count = fread(&line, 1, line.count, file)
        let text = line.prefix(count)
        // The name in parentheses may hold anything; the state follows it.
        guard let end = text.lastIndex(of: UInt8(ascii: ")")), end + 2 < text.endIndex else { return nil }
        return text[end + 2]
    }

    /// The C library shows struct ucred only with _GNU_SOURCE: pid, uid, gid, 32 bits each.
    private static func credentials(_ descriptor: Int32) -> [UInt32]? {
        var credentials: [UInt32] = [0, 0, 0]
        var length = socklen_t(12)
        guard getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0, length == 12 else {
            return nil
        }
        return credentials
    }
}
