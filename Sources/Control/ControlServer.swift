import Dispatch
import Glibc
import JSON

/// Listens at the control socket on the main queue and answers Varlink calls; nobody at the other end can block it.
@MainActor
public final class ControlServer {
    /// The most connections at once; when one more comes, the one that was silent longest is closed.
    static let connectionLimit = 32
    /// How long nobody is accepted after there was no descriptor: a socket where somebody waits would have us spin.
    private static let pause = DispatchTimeInterval.milliseconds(100)

    private let path: String
    private let calls: ControlCalls
    private let access: (ControlPeer) -> ControlAccess
    private let descriptor: Int32
    private let source: any DispatchSourceRead
    private var connections: [ControlConnection] = []
    private var reserve = DescriptorReserve()
    private var isPaused = false
    private var isClosed = false

    /// Begins to listen at `path`; a socket that nobody listens at any more is replaced.
    ///
    /// - Parameters:
    ///   - version: What GetInfo says.
    ///   - access: What somebody may do; by default as ``ControlAccess`` says for this process' user and group.
    public init(
        path: String,
        version: String,
        handler: any ControlHandler,
        access: @escaping (ControlPeer) -> ControlAccess = {
            ControlAccess(of: $0, daemonUser: getuid(), daemonGroup: getgid())
        }
    ) throws(ControlError) {
        self.path = path
        self.access = access
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
        guard !isClosed else { return }
        isClosed = true
        for connection in connections { connection.close() }
        connections = []
        // A source that is suspended must be resumed before it is let go of.
        if isPaused { source.resume() }
        source.cancel()
        reserve.drain()
        unlink(path)
    }

    /// Takes those who wait, not more than there is room for: then others have their turn.
    private func accept() {
        reserve.fill()
        for _ in 0..<Self.connectionLimit {
            switch UnixSocket.accept(descriptor) {
            case .client(let client): admit(client)
            case .nobody: return
            case .shortage:
                if reserve.give() { continue }
                makeRoom()
                return pauseAccepting()
            }
        }
    }

    private func admit(_ client: Int32) {
        guard let peer = UnixSocket.peer(client) else {
            Glibc.close(client)
            return
        }
        connections.removeAll(where: \.isClosed)
        if connections.count >= Self.connectionLimit { makeRoom() }
        let connection = ControlConnection(descriptor: client, calls: calls, access: access(peer))
        connection.onActivity = { [weak self] connection in self?.touch(connection) }
        connections.append(connection)
    }

    /// Closes the connection that was silent longest, rather one that may nothing than one that asks nothing than one that
    /// waits for an answer.
    private func makeRoom() {
        let stranger = connections.first { $0.access == .nothing && !$0.isClosed }
        let idle =
            stranger
            ?? connections.first { connection in
                connection.takeWhatCame()
                return !connection.isBusy && !connection.isClosed
            }
        guard let victim = idle ?? connections.first else { return }
        victim.close()
        connections.removeAll { $0 === victim || $0.isClosed }
    }

    private func pauseAccepting() {
        isPaused = true
        source.suspend()
        DispatchQueue.main.asyncAfter(deadline: .now() + Self.pause) { [weak self] in
            MainActor.assumeIsolated { self?.goOn() }
        }
    }

    private func goOn() {
        guard isPaused, !isClosed else { return }
        isPaused = false
        source.resume()
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
