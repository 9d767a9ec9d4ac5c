import Glibc
import ImportWatch
import Platform

/// A state in a SQLite file, beside which its log and its lock lie.
public struct SQLitePlace: StatePlace {
    private let path: String

    public init(path: String) {
        self.path = path
    }

    /// The path.
    public var description: String { path }

    /// The path without symbolic links and relative parts.
    public var identity: String { FilePaths.canonical(path) }

    /// The path.
    public var file: String? { path }

    /// A store that opens the file when it is first asked for something.
    public func store() -> any StateStore & DeliveryArchive { SQLiteStore(path: path) }

    /// Opens the file, unless a daemon holds its lock.
    public func stopped(for purpose: StatePurpose) throws(StateStoreError) -> any StoppedState {
        try SQLiteStoppedState(path: path, for: purpose)
    }

    /// Looks at the rights that the daemon needs, at the lock and into the file.
    public func obstacle(for daemon: StateUser) -> StateStoreError? {
        let folder = FilePaths.folder(of: path)
        if daemon.isReadOnly(path) {
            let words = "systemd shows \(folder) to the service read-only; use another [state] path or ReadWritePaths="
            return .barred(path: path, words)
        }
        guard Self.exists(folder) else {
            // The daemon makes one folder itself.
            if daemon.futureFolder == folder || Self.may(W_OK | X_OK, FilePaths.folder(of: folder)) { return nil }
            let words = "there is no folder \(folder), or it can't be looked into; make it for the daemon's user"
            return .barred(path: path, words)
        }
        for file in [path, path + ".lock"] where Self.exists(file) && !Self.may(R_OK | W_OK, file) {
            return .barred(path: path, "\(daemon.name) can't write \(file); chown \(daemon.name) it")
        }
        if !Self.may(W_OK | X_OK, folder) {
            let words = "\(daemon.name) can't write to \(folder), where the state lies; chown \(daemon.name) it"
            return .barred(path: path, words)
        }
        if case .running(let pid)? = StateLock.holder(statePath: path) {
            let isOwn = daemon.pid == nil || daemon.pid == pid
            return isOwn ? nil : .inUse(path: path, pid: pid)
        }
        return Self.exists(path) ? damage : nil
    }

    private var damage: StateStoreError? {
        do throws(StateStoreError) {
            _ = try SQLiteStoppedState(path: path)
            return nil
        } catch {
            // One that was begun meanwhile.
            return error.kind == .inUse ? nil : error
        }
    }

    private static func may(_ access: Int32, _ path: String) -> Bool {
        faccessat(AT_FDCWD, path, access, AT_EACCESS) == 0
    }

    private static func exists(_ path: String) -> Bool {
        may(F_OK, path)
    }
}
