import ImportWatch
import Synchronization

/// Files that exist only in a test.
final class FilesInMemory: FileReader, FileWriter {
    private struct File {
        var bytes: [UInt8]
        var revision: Int64
        var error: FileError?
    }

    private let isReadOnly = Mutex(false)
    private let files = Mutex<[String: File]>([:])

    init(_ texts: [String: String] = [:]) {
        for (path, text) in texts { self[path] = text }
    }

    subscript(path: String) -> String? {
        get { files.withLock { $0[path].map { String(decoding: $0.bytes, as: UTF8.self) } } }
        set {
            files.withLock { files in
                let revision = (files[path]?.revision ?? 0) + 1
                files[path] = newValue.map { File(bytes: Array($0.utf8), revision: revision) }
            }
        }
    }

    /// Makes every read of a file fail.
    func fail(_ path: String, with error: FileError) {
        files.withLock { $0[path] = File(bytes: [], revision: 0, error: error) }
    }

    /// Whether nothing can be written.
    func setReadOnly(_ isIt: Bool) {
        isReadOnly.withLock { $0 = isIt }
    }

    func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
        guard !isReadOnly.withLock({ $0 }) else { throw .failed(path: path, reason: "can't be written: read-only") }
        self[path] = String(decoding: bytes, as: UTF8.self)
    }

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        guard let file = files.withLock({ $0[path] }) else { throw .notFound(path: path) }
        if let error = file.error { throw error }
        guard file.bytes.count <= limit else { throw .tooLarge(path: path, limit: limit) }
        return file.bytes
    }

    func version(of path: String) -> FileVersion? {
        files.withLock { files in
            files[path].map {
                FileVersion(inode: 1, modifiedNanoseconds: $0.revision, size: Int64($0.bytes.count))
            }
        }
    }

    func paths(matching pattern: String) -> [String] { [] }
}
