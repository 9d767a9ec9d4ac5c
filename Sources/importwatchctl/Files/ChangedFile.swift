import Glibc
import ImportWatch
import Platform
import WatchConfiguration

/// The files of this machine, with one as it would be after a change.
struct ChangedFile: FileReader {
    let path: String
    let bytes: [UInt8]
    private let files = LocalFiles()

    init(_ path: String, _ bytes: [UInt8]) {
        (self.path, self.bytes) = (path, bytes)
    }

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        guard isChanged(path) else { return try files.read(path, limit: limit) }
        guard bytes.count <= limit else { throw .tooLarge(path: path, limit: limit) }
        return bytes
    }

    func version(of path: String) -> FileVersion? {
        files.version(of: path)
    }

    func paths(matching pattern: String) -> [String] {
        let found = files.paths(matching: pattern)
        guard !found.contains(where: isChanged), fnmatch(pattern, path, FNM_PATHNAME | FNM_PERIOD) == 0 else {
            return found
        }
        return (found + [path]).sorted()
    }

    private func isChanged(_ other: String) -> Bool {
        other == path || (FilePaths.resolved(other) ?? other) == (FilePaths.resolved(path) ?? path)
    }
}
