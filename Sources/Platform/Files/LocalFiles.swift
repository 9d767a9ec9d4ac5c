import Glibc
import ImportWatch

/// The files of this machine.
public struct LocalFiles: FileReader, FileWriter {
    /// Makes the adapter.
    public init() {}

    /// Reads a regular file, or /dev/null, which stands for an empty one; a directory, a pipe or another device is
    /// refused without waiting for it.
    public func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.error(errno, path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.error(errno, path) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFCHR where Self.isNull(status): return []
        case S_IFDIR: throw .isDirectory(path: path)
        default: throw .failed(path: path, reason: "is no regular file")
        }
        guard status.st_size <= limit else { throw .tooLarge(path: path, limit: limit) }
        // One byte more than expected shows that the file grew since.
        var bytes = [UInt8](repeating: 0, count: min(limit, max(0, Int(status.st_size))) + 1)
        var filled = 0
        while true {
            let count = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.error(errno, path) }
            filled += count
            if count == 0 { break }
            guard filled <= limit else { throw .tooLarge(path: path, limit: limit) }
            if filled == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
        }
        bytes.removeLast(bytes.count - filled)
        return bytes
    }

    /// Asks the file system.
    public func version(of path: String) -> FileVersion? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return FileVersion(
            inode: UInt64(status.st_ino),
            modifiedNanoseconds: Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec),
            size: Int64(status.st_size)
        )
    }

    /// Asks `glob(3)`.
    public func paths(matching pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
    }

    /// Writes a new file beside the old one, with the old one's owner and mode 0600, and renames it.
    public func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
        do throws(SystemError) {
            try FileReplacement.secret.write(bytes, to: path)
        } catch {
            throw .failed(path: path, reason: "can't be written: \(error)")
        }
    }

    /// Whether it is the null device, wherever its node lies.
    private static func isNull(_ status: stat) -> Bool {
        var null = stat()
        return stat("/dev/null", &null) == 0 && null.st_rdev == status.st_rdev
    }

    private static func error(_ code: Int32, _ path: String) -> FileError {
        switch code {
        case ENOENT, ENOTDIR: .notFound(path: path)
        case EACCES, EPERM: .permissionDenied(path: path)
        case EISDIR: .isDirectory(path: path)
        default: .failed(path: path, reason: SystemError(code).description)
        }
    }
}
