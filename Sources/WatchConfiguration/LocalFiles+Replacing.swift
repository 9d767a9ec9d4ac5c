import Glibc
import ImportWatch

extension LocalFiles: FileWriter {
    /// Writes a new file beside the old one, with the old one's owner and mode 0600, and renames it.
    public func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
        // A symbolic link stays one.
        let target =
            realpath(path, nil).map { pointer in
                defer { free(pointer) }
                return String(cString: pointer)
            } ?? path
        let new = "\(target).\(getpid()).tmp"
        // What a process of the same number left behind when it was killed.
        unlink(new)
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.notWritten(path) }
        var isDone = false
        defer {
            close(descriptor)
            if !isDone { unlink(new) }
        }
        var status = stat()
        if stat(target, &status) == 0, status.st_uid != geteuid() || status.st_gid != getegid() {
            // Only a file whose owner can still read it may take the old one's place.
            guard fchown(descriptor, status.st_uid, status.st_gid) == 0 || status.st_uid == geteuid() else {
                throw Self.notWritten(path)
            }
        }
        guard fchmod(descriptor, 0o600) == 0 else { throw Self.notWritten(path) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.notWritten(path) }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0, rename(new, target) == 0 else { throw Self.notWritten(path) }
        isDone = true
        let folder = open(
            target.lastIndex(of: "/").map { String(target[...$0]) } ?? ".",
            O_RDONLY | O_DIRECTORY | O_CLOEXEC
        )
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private static func notWritten(_ path: String) -> FileError {
        .failed(path: path, reason: "can't be written: " + String(cString: strerror(errno)))
    }
}
