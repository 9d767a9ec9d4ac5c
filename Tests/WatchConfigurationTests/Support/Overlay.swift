import ImportWatch
import Platform

@testable import WatchConfiguration

/// The machine's files with one more.
struct Overlay: FileReader {
    var path: String
    var bytes: [UInt8]

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        path == self.path ? bytes : try LocalFiles().read(path, limit: limit)
    }

    func version(of path: String) -> FileVersion? { LocalFiles().version(of: path) }

    func paths(matching pattern: String) -> [String] { LocalFiles().paths(matching: pattern) }
}
