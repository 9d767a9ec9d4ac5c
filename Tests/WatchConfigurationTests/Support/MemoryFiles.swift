import ImportWatch

@testable import WatchConfiguration

/// Files that exist in a test only.
struct MemoryFiles: FileReader {
    var contents: [String: [UInt8]] = [:]
    var errors: [String: FileError] = [:]
    /// What patterns match.
    var matches: [String: [String]] = [:]

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        if let error = errors[path] { throw error }
        guard let bytes = contents[path] else { throw .notFound(path: path) }
        guard bytes.count <= limit else { throw .tooLarge(path: path, limit: limit) }
        return bytes
    }

    func version(of path: String) -> FileVersion? {
        contents[path].map { FileVersion(inode: 1, modifiedNanoseconds: 0, size: Int64($0.count)) }
    }

    func paths(matching pattern: String) -> [String] { matches[pattern] ?? [] }
}

extension MemoryFiles {
    /// Loads `text` as /etc/c.toml among these files.
    func load(
        _ text: String,
        environment: [String: String] = [:]
    ) throws(ConfigurationError) -> (configuration: Configuration, warnings: [Complaint]) {
        try load(bytes: Array(text.utf8), environment: environment)
    }

    /// Loads `bytes` as /etc/c.toml among these files.
    func load(
        bytes: [UInt8],
        environment: [String: String] = [:]
    ) throws(ConfigurationError) -> (configuration: Configuration, warnings: [Complaint]) {
        var files = self
        files.contents["/etc/c.toml"] = bytes
        return try ConfigurationLoader(files: files, environment: environment).load(path: "/etc/c.toml")
    }

    /// What is wrong with `text`, line by line.
    func complaints(_ text: String) -> [String] { complaints(bytes: Array(text.utf8)) }

    /// What is wrong with `bytes`, line by line.
    func complaints(bytes: [UInt8]) -> [String] {
        do throws(ConfigurationError) {
            return try load(bytes: bytes).warnings.map(\.description)
        } catch {
            return error.lines
        }
    }
}
