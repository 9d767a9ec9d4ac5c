import Foundation
import ImportWatch
import Platform

@testable import WatchConfiguration

/// The folders of good and bad configurations beside the tests.
enum Fixtures {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures").path

    /// The package's own folder.
    static let package = URL(fileURLWithPath: folder).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// A file of the package.
    static func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(package)/\(path)", encoding: .utf8)
    }

    /// The names of the fixtures of a kind (`good`, `bad`), without their extension.
    static func names(_ kind: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(kind)")) ?? []
        return files.filter { $0.hasSuffix(".toml") }.map { String($0.dropLast(5)) }.sorted()
    }

    static func path(_ kind: String, _ name: String) -> String { "\(folder)/\(kind)/\(name).toml" }

    /// The lines expected for a fixture; none where there is no file.
    static func expected(_ kind: String, _ name: String) -> [String] {
        let text = (try? String(contentsOfFile: "\(folder)/\(kind)/\(name).txt", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    static func load(
        _ kind: String,
        _ name: String
    ) throws(ConfigurationError) -> (configuration: Configuration, warnings: [Complaint]) {
        try ConfigurationLoader(files: LocalFiles(), environment: [:]).load(path: path(kind, name))
    }

    /// The lines of complaints with paths relative to the fixture's folder.
    static func lines(_ complaints: [Complaint], _ kind: String) -> [String] {
        complaints.map { $0.description.replacingOccurrences(of: "\(folder)/\(kind)/", with: "") }
    }
}
