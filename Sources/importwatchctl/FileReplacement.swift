import Glibc
import ImportWatch

/// Replaces a file so that readers see the old content or the new, whatever happens.
enum FileReplacement {
    /// Writes a new file beside the old one, on disk, with its mode and owner, and renames it.
    ///
    /// One that is new can be read by all who may enter its folder, whatever the umask: the daemon is another user.
    static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        // A symbolic link stays one.
        let target =
            realpath(path, nil).map { pointer in
                defer { free(pointer) }
                return String(cString: pointer)
            } ?? path
        let new = "\(target).\(getpid()).new"
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw failure(target) }
        var isDone = false
        defer { if !isDone { unlink(new) } }
        var status = stat()
        if stat(target, &status) == 0 {
            guard fchown(descriptor, status.st_uid, status.st_gid) == 0,
                fchmod(descriptor, status.st_mode & 0o7777) == 0
            else { throw failure(target, closing: descriptor) }
        } else if fchmod(descriptor, 0o644) != 0 {
            throw failure(target, closing: descriptor)
        } else if stat(folder(of: target), &status) == 0 {
            // Whoever may look into the folder, the daemon's user among them, may read what is new in it.
            let mode: mode_t = status.st_mode & 0o005 == 0o005 ? 0o644 : 0o640
            _ = fchown(descriptor, uid_t.max, status.st_gid)
            guard fchmod(descriptor, mode) == 0 else { throw failure(target, closing: descriptor) }
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { throw failure(target, closing: descriptor) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw failure(target, closing: descriptor) }
        close(descriptor)
        guard rename(new, target) == 0 else { throw failure(target) }
        isDone = true
        let directory = open(folder(of: target), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    }

    private static func failure(_ path: String, closing descriptor: Int32? = nil) -> FileError {
        let code = errno
        if let descriptor { close(descriptor) }
        return .failed(path: path, reason: "can't be written: " + String(cString: strerror(code)))
    }
}
