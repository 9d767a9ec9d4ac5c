import Glibc
import ImportWatch

/// The files that a state was opened as, by which one that was deleted, replaced or cut is noticed.
struct OpenedFiles {
    private let path: String
    private var size: Int64
    private let state: Identity
    private let log: Identity?

    private struct Identity: Equatable {
        var device: dev_t
        var inode: ino_t

        init(_ status: stat) { (device, inode) = (status.st_dev, status.st_ino) }
    }

    /// Notes what lies at a path now; `nil` where nothing does.
    init?(path: String) {
        guard let status = Self.status(path) else { return nil }
        self.path = path
        size = Int64(status.st_size)
        state = Identity(status)
        log = Self.status(path + "-wal").map(Identity.init)
    }

    /// Throws where the file is not any more what was opened, or became shorter: it only grows.
    mutating func check() throws(StateStoreError) {
        guard let status = Self.status(path) else { throw .gone(path: path, what: "deleted") }
        guard Identity(status) == state else { throw .gone(path: path, what: "replaced by another file") }
        guard status.st_size >= size else { throw .gone(path: path, what: "cut") }
        size = Int64(status.st_size)
        guard let log else { return }
        guard Self.status(path + "-wal").map(Identity.init) == log else {
            throw .gone(path: path + "-wal", what: "deleted or replaced")
        }
    }

    /// Throws where a state was once and is none now.
    static func checkBeforeOpening(_ path: String) throws(StateStoreError) {
        guard let status = status(path) else {
            if errno == ENOENT { throw .lost(path: path, what: "is missing") }
            return
        }
        if status.st_size == 0 { throw .lost(path: path, what: "is empty") }
    }

    private static func status(_ path: String) -> stat? {
        var status = stat()
        return stat(path, &status) == 0 ? status : nil
    }
}
