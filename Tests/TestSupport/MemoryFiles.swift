import ImportWatch
import Synchronization

/// Files that exist only in a test.
public final class MemoryFiles: FileReader, FileWriter {
    private struct State {
        var contents: [String: [UInt8]]
        /// How often each file was written.
        var revisions: [String: Int64] = [:]
        var errors: [String: FileError]
        var isReadOnly = false
    }

    private let state: Mutex<State>
    private let matches: [String: [String]]

    /// Makes the files.
    ///
    /// - Parameters:
    ///   - errors: What reading other files fails with.
    ///   - matches: What patterns match.
    public init(
        contents: [String: [UInt8]] = [:],
        errors: [String: FileError] = [:],
        matches: [String: [String]] = [:]
    ) {
        state = Mutex(State(contents: contents, errors: errors))
        self.matches = matches
    }

    /// Makes files of text.
    public convenience init(_ texts: [String: String]) {
        self.init(contents: texts.mapValues { Array($0.utf8) })
    }

    /// All files.
    public var contents: [String: [UInt8]] {
        get { state.withLock { $0.contents } }
        set { state.withLock { $0.contents = newValue } }
    }

    /// A file's text.
    public subscript(path: String) -> String? {
        get { state.withLock { $0.contents[path].map { String(decoding: $0, as: UTF8.self) } } }
        set {
            state.withLock {
                $0.contents[path] = newValue.map { Array($0.utf8) }
                $0.revisions[path, default: 0] += 1
                $0.errors[path] = nil
            }
        }
    }

    /// Makes every read of a file fail.
    public func fail(_ path: String, with error: FileError) {
        state.withLock { $0.errors[path] = error }
    }

    /// Whether nothing can be written.
    public func setReadOnly(_ isIt: Bool) {
        state.withLock { $0.isReadOnly = isIt }
    }

    /// Writes a file, unless nothing can be written.
    public func replace(_ path: String, with bytes: [UInt8]) throws(FileError) {
        let isReadOnly = state.withLock { $0.isReadOnly }
        guard !isReadOnly else { throw .failed(path: path, reason: "can't be written: read-only") }
        self[path] = String(decoding: bytes, as: UTF8.self)
    }

    /// Reads a file.
    public func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let (bytes, error) = state.withLock { ($0.contents[path], $0.errors[path]) }
        if let error { throw error }
        guard let bytes else { throw .notFound(path: path) }
        guard bytes.count <= limit else { throw .tooLarge(path: path, limit: limit) }
        return bytes
    }

    /// The version, another one after each change.
    public func version(of path: String) -> FileVersion? {
        state.withLock { state in
            let revision = state.revisions[path] ?? 0
            return state.contents[path].map {
                FileVersion(inode: 1, modifiedNanoseconds: revision, size: Int64($0.count))
            }
        }
    }

    /// What was said to match.
    public func paths(matching pattern: String) -> [String] { matches[pattern] ?? [] }
}
