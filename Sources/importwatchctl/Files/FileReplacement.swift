import Glibc
import ImportWatch

/// Replaces a file so that readers see the old content or the new, whatever happens.
enum FileReplacement {
    /// Writes a new file beside the old one, on disk, with its mode and owner, and renames it.
    ///
    /// One that is new can be read by all who may enter its folder, whatever the umask: the daemon is another user.
    static func write(_ bytes: [UInt8], to path: String) throws(ListError) {
        let target = target(of: path)
        let folder = folder(of: target)
        // A hidden name matches no pattern such as jobs.d/*.
        let new = "\(folder)/.\(target.dropFirst(folder == "." ? 0 : folder.count).drop { $0 == "/" }).\(getpid()).new"
        // What a process of the same number left behind when it was killed.
        unlink(new)
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else { throw failure(target) }
        var isDone = false
        defer {
            close(descriptor)
            if !isDone { unlink(new) }
        }
        var status = stat()
        if stat(target, &status) == 0 {
            guard fchown(descriptor, status.st_uid, status.st_gid) == 0,
                fchmod(descriptor, status.st_mode & 0o7777) == 0
            else { throw failure(target) }
        } else if fchmod(descriptor, 0o644) != 0 {
            throw failure(target)
        } else if stat(folder, &status) == 0 {
            // Whoever may look into the folder, the daemon's user among them, may read what is new in it.
            let mode: mode_t = status.st_mode & 0o005 == 0o005 ? 0o644 : 0o640
            _ = fchown(descriptor, uid_t.max, status.st_gid)
            guard fchmod(descriptor, mode) == 0 else { throw failure(target) }
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(target) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0, rename(new, target) == 0 else { throw failure(target) }
        isDone = true
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }

    /// What a path leads to: a symbolic link stays one when its file is replaced.
    static func target(of path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// The folder of a path, without a slash at its end unless that is all.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// What the last system call's failure means for a list.
    static func failure(_ path: String) -> ListError {
        let code = errno
        if code == EACCES || code == EPERM { return .notAllowed(path: path) }
        if code == ENOENT || code == ENOTDIR {
            return .failed(.failed(path: path, reason: "its folder does not exist; make it"))
        }
        return .failed(.failed(path: path, reason: "can't be written: " + String(cString: strerror(code))))
    }
}
