import Foundation

/// The public test suites that others wrote, in a folder outside the project.
public enum Conformance {
    /// The folder: CONFORMANCE_DIR, else `../shared/conformance` beside the package.
    public static var folder: URL? {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let named = ProcessInfo.processInfo.environment["CONFORMANCE_DIR"].map { URL(fileURLWithPath: $0) }
        let folder = named ?? package.deletingLastPathComponent().appendingPathComponent("shared/conformance")
        return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
    }

    /// The bytes of a file of a suite; `nil`, said once for each suite, where the folder is absent.
    public static func file(_ path: String) -> [UInt8]? {
        guard let folder else {
            print("SKIPPED: conformance/\(path) is absent; set CONFORMANCE_DIR")
            return nil
        }
        return (try? Data(contentsOf: folder.appendingPathComponent(path))).map { [UInt8]($0) }
    }

    /// Says how many cases of a suite ran.
    public static func report(_ suite: String, ran: Int) {
        print("conformance: \(ran) cases of \(suite) ran")
    }
}
