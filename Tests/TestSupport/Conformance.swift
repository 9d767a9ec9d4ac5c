import Foundation

/// Public test data that lies outside the project: in `$CONFORMANCE_DIR`, else beside the package's folder.
public enum Conformance {
    /// The folder, if it is there.
    public static let folder: URL? = {
        let named = ProcessInfo.processInfo.environment["CONFORMANCE_DIR"].map { URL(fileURLWithPath: $0) }
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let beside = package.deletingLastPathComponent().appendingPathComponent("shared/conformance")
        let folder = named ?? beside
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }()

    /// The bytes of a file of the folder; `nil`, and a line on the output, where the folder is absent.
    public static func read(_ path: String) throws -> [UInt8]? {
        guard let folder else {
            print("conformance: skipped \(path), no folder with test data")
            return nil
        }
        return Array(try Data(contentsOf: folder.appendingPathComponent(path)))
    }

    /// The names of what lies in a directory of the folder, sorted; empty where the folder is absent.
    public static func contents(of path: String) throws -> [String] {
        guard let folder else {
            print("conformance: skipped \(path), no folder with test data")
            return []
        }
        return try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(path).path).sorted()
    }

    /// Tells how many cases of a suite ran.
    public static func report(_ suite: String, ran: Int, of total: Int, note: String = "") {
        print("conformance: \(suite): \(ran) of \(total) cases ran\(note.isEmpty ? "" : "; " + note)")
    }
}
