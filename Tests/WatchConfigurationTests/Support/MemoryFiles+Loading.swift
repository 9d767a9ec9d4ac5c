import ImportWatch
import TestSupport

@testable import WatchConfiguration

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
        contents["/etc/c.toml"] = bytes
        return try ConfigurationLoader(files: self, environment: environment).load(path: "/etc/c.toml")
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
