/// Reads whole files; the port by which configuration, lists, secrets and credential files are read.
public protocol FileReader: Sendable {
    /// The bytes of the file at `path`, which may be no longer than `limit` bytes.
    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8]

    /// What tells one version of a file from another; `nil` where there is no file.
    func version(of path: String) -> FileVersion?

    /// The paths that match a shell pattern (`*`, `?`, `[…]`), sorted; empty where nothing matches.
    func paths(matching pattern: String) -> [String]
}

extension FileReader {
    /// Whether a path stands for all files that match it.
    public func isPattern(_ path: String) -> Bool {
        path.contains { "*?[".contains($0) }
    }
}

/// Replaces whole files; the port by which a refreshed token is kept.
public protocol FileWriter: Sendable {
    /// Replaces the file at `path` as a whole, on disk and readable by its owner only; the owner stays the same.
    func replace(_ path: String, with bytes: [UInt8]) throws(FileError)
}

/// What tells one version of a file from another: changed when it was written in place or replaced.
public struct FileVersion: Hashable, Sendable {
    /// The inode, which changes when the file is replaced.
    public var inode: UInt64
    /// The time of the last change, in nanoseconds since the epoch.
    public var modifiedNanoseconds: Int64
    /// The length in bytes.
    public var size: Int64

    /// Makes a version.
    public init(inode: UInt64, modifiedNanoseconds: Int64, size: Int64) {
        self.inode = inode
        self.modifiedNanoseconds = modifiedNanoseconds
        self.size = size
    }
}

/// Why a file could not be read.
public enum FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no such file.
    case notFound(path: String)
    /// The user that runs the program may not read it.
    case permissionDenied(path: String)
    /// It is a directory.
    case isDirectory(path: String)
    /// It is longer than what is taken.
    case tooLarge(path: String, limit: Int)
    /// Anything else that the system reports.
    case failed(path: String, reason: String)

    /// One line for a person; a secret or an address that someone wrote in place of a path is not in it.
    public var description: String {
        Redaction.redact(words).inOneLine
    }

    private var words: String {
        switch self {
        case .notFound(let path): "\(path): no such file"
        case .permissionDenied(let path): "\(path): permission denied; give the daemon's user read access"
        case .isDirectory(let path): "\(path): is a directory, not a file"
        case .tooLarge(let path, let limit): "\(path): longer than \(limit) bytes"
        case .failed(let path, let reason): "\(path): \(reason)"
        }
    }
}
