import Foundation
import ImportWatch
import Platform
import TestSupport
import Testing

/// The adapter for the machine's files.
@Suite struct LocalFilesTests {
    private let files = LocalFiles()

    @Test func readsWholeFilesUpToTheLimit() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a", "12345")
        #expect(try files.read(path, limit: 5) == Array("12345".utf8))
        #expect(try files.read(path, limit: .max) == Array("12345".utf8))
        #expect(throws: FileError.tooLarge(path: path, limit: 4)) { try files.read(path, limit: 4) }
        #expect(try files.read(try folder.write("empty", ""), limit: 0) == [])
        #expect(try files.read("/dev/null", limit: 0) == [])
    }

    @Test func readsFilesWhoseSizeTheSystemDoesNotTell() throws {
        #expect(try !files.read("/proc/self/status", limit: 1 << 20).isEmpty)
        #expect(throws: FileError.tooLarge(path: "/proc/self/status", limit: 10)) {
            try files.read("/proc/self/status", limit: 10)
        }
    }

    @Test func errorsNameTheirKind() throws {
        let folder = try TemporaryFolder()
        let loop = folder.path + "/loop"
        #expect(symlink(loop, loop) == 0)
        #expect(throws: FileError.notFound(path: folder.path + "/none")) {
            try files.read(folder.path + "/none", limit: 1)
        }
        #expect(throws: FileError.isDirectory(path: folder.path)) { try files.read(folder.path, limit: 1) }
        #expect(throws: FileError.failed(path: loop, reason: "Too many levels of symbolic links")) {
            try files.read(loop, limit: 1)
        }
    }

    @Test func aFileWithoutReadPermissionIsDenied() throws {
        // Root may read everything.
        guard geteuid() != 0 else { return print("skipped: a file without permission (this is root)") }
        let folder = try TemporaryFolder()
        let path = try folder.write("secret", "x")
        #expect(chmod(path, 0) == 0)
        #expect(throws: FileError.permissionDenied(path: path)) { try files.read(path, limit: 1) }
    }

    @Test func theVersionChangesWithTheFile() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a", "1")
        let first = files.version(of: path)
        #expect(first == files.version(of: path))
        #expect(first?.size == 1)
        try folder.write("a", "12")
        #expect(files.version(of: path) != first)
        #expect(files.version(of: folder.path + "/none") == nil)
    }

    @Test func patternsMatchSorted() throws {
        let folder = try TemporaryFolder()
        for name in ["b.list", "a.list", "c.txt", ".hidden.list"] { try folder.write(name, "") }
        #expect(files.paths(matching: folder.path + "/*.list") == ["a.list", "b.list"].map { "\(folder.path)/\($0)" })
        #expect(files.paths(matching: folder.path + "/[xyz]") == [])
        #expect(files.paths(matching: folder.path + "/none/*") == [])
    }

    @Test func descriptorsAreClosed() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a", "12345")
        for _ in 0..<5000 {
            _ = try? files.read(path, limit: 5)
            _ = try? files.read(path, limit: 1)
            _ = try? files.read(folder.path, limit: 1)
        }
        #expect(try files.read(path, limit: 5).count == 5)
    }

    @Test func aReplacedFileIsNewWholeAndForItsOwnerOnly() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/token.json"
        try Data("old".utf8).write(to: URL(fileURLWithPath: path))
        chmod(path, 0o644)
        symlink("token.json", folder.path + "/link")
        let files = LocalFiles()
        for (name, text) in [("/token.json", "new"), ("/link", "newer"), ("/other", "first")] {
            try files.replace(folder.path + name, with: Array(text.utf8))
            #expect(try files.read(folder.path + name, limit: 100) == Array(text.utf8))
        }
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
        #expect(lstat(folder.path + "/link", &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(names) == ["token.json", "link", "other"])
        #expect(throws: FileError.self) { try files.replace(folder.path + "/missing/token", with: []) }
    }
}
