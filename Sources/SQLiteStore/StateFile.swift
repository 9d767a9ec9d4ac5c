import Glibc
import ImportWatch

/// Opens a file in the state's directory, where its owner may have put anything in its place.
enum StateFile {
    /// Opens without following a link and without waiting, and checks what was opened by its descriptor.
    ///
    /// - Returns: `nil` where there is no such file.
    static func open(_ path: String, _ flags: Int32) throws(StateStoreError) -> Int32? {
        let descriptor = Glibc.open(path, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            if errno == ELOOP { throw .planted(path: path, what: "a symbolic link") }
            if errno == EISDIR { throw .planted(path: path, what: "no regular file") }
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        do throws(StateStoreError) {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else {
                throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
            }
            try check(status, path)
        } catch {
            close(descriptor)
            throw error
        }
        return descriptor
    }

    /// Checks a file that SQLite is to open by its name; one that is missing passes.
    static func check(_ path: String) throws(StateStoreError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        try check(status, path)
    }

    /// Another name of a file is somebody's trap only where root opens it: a user has no other files than its own.
    private static func check(_ status: stat, _ path: String) throws(StateStoreError) {
        let kind = status.st_mode & S_IFMT
        guard kind != S_IFLNK else { throw .planted(path: path, what: "a symbolic link") }
        guard kind == S_IFREG else { throw .planted(path: path, what: "no regular file") }
        guard geteuid() != 0 || status.st_nlink <= 1 else {
            throw .planted(path: path, what: "a file with a second name (hard link)")
        }
    }
}
