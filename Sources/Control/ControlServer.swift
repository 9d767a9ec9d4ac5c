import Dispatch
import Glibc
import JSON

/// Listens at the control socket on the main queue and answers Varlink calls; nobody at the other end can block it.
@MainActor
public final class ControlServer {
    /// The most connections at once; when one more comes, the one that was silent longest is closed.
    static let connectionLimit = 32

    private let path: String
    private let calls: ControlCalls
    private let isAllowed: (uid_t) -> Bool
    private let descriptor: Int32
    private let source: any DispatchSourceRead
    private var connections: [ControlConnection] = []

    /// Begins to listen at `path`; a socket that nobody listens at any more is replaced.
    ///
    /// - Parameters:
    ///   - version: What GetInfo says.
    ///   - isAllowed: Which users may ask; by default root and the user that runs the daemon.
    public init(
        path: String,
        version: String,
        handler: any ControlHandler,
        isAllowed: @escaping (uid_t) -> Bool = { $0 == 0 || $0 == getuid() }
    ) throws(ControlError) {
        self.path = path
        self.isAllowed = isAllowed
        calls = ControlCalls(version: version, handler: handler)
        descriptor = try Self.listening(at: path)
        let descriptor = descriptor
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .main)
        source.setEventHandler { [weak self] in MainActor.assumeIsolated { self?.accept() } }
        source.setCancelHandler { Glibc.close(descriptor) }
        source.activate()
    }

    /// Closes all connections and takes the socket away.
    public func close() {
        for connection in connections { connection.close() }
        connections = []
        source.cancel()
        unlink(path)
    }

    private func accept() {
        while let client = UnixSocket.accept(descriptor) {
            guard let user = UnixSocket.peerUser(client), isAllowed(user) else {
                Glibc.close(client)
                continue
            }
            connections.removeAll(where: \.isClosed)
            if connections.count >= Self.connectionLimit { connections.removeFirst().close() }
            let connection = ControlConnection(descriptor: client, calls: calls)
            connection.onActivity = { [weak self] connection in self?.touch(connection) }
            connections.append(connection)
        }
    }

    /// Keeps the connections in the order of their last activity.
    private func touch(_ connection: ControlConnection) {
        guard let index = connections.firstIndex(where: { $0 === connection }) else { return }
        connections.remove(at: index)
        if !connection.isClosed { connections.append(connection) }
    }

    private static func listening(at path: String) throws(ControlError) -> Int32 {
        let descriptor = UnixSocket.make(nonBlocking: true)
        guard descriptor >= 0 else { throw .failed(path: path, reason: String(cString: strerror(errno))) }
        do throws(ControlError) {
            if let slash = path.lastIndex(of: "/"), slash > path.startIndex { mkdir(String(path[..<slash]), 0o750) }
            try removeStale(path)
            let mask = umask(0o117)
            defer { umask(mask) }
            let bound = try UnixSocket.withAddress(path) { bind(descriptor, $0, $1) == 0 ? 0 : errno }
            guard bound == 0 else { throw ControlError.failed(path: path, reason: String(cString: strerror(bound))) }
            guard listen(descriptor, 16) == 0 else {
                throw ControlError.failed(path: path, reason: String(cString: strerror(errno)))
            }
            return descriptor
        } catch {
            Glibc.close(descriptor)
            throw error
        }
    }

    private static func removeStale(_ path: String) throws(ControlError) {
        let probe = UnixSocket.make(nonBlocking: true)
        guard probe >= 0 else { return }
        defer { Glibc.close(probe) }
        let code = try UnixSocket.withAddress(path) { connect(probe, $0, $1) == 0 ? 0 : errno }
        if code == 0 || code == EAGAIN { throw .inUse(path: path) }
        if code == ECONNREFUSED { unlink(path) }
    }
}
