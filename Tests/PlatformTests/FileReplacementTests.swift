import Foundation
import ImportWatch
import Platform
import TestSupport
import Testing

/// Whose a replaced file is, who may read it, and what becomes of links.
@Suite struct FileReplacementTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func mode(_ name: String) -> mode_t {
        var status = stat()
        return lstat(folder.path + "/" + name, &status) == 0 ? status.st_mode & (S_IFMT | 0o7777) : 0
    }

    private func text(_ name: String) -> String? {
        try? String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)
    }

    @Test func aListKeepsItsModeAndItsLink() throws {
        let path = try folder.write("list", "old")
        #expect(chmod(path, 0o604) == 0)
        #expect(symlink("list", folder.path + "/link") == 0)
        try FileReplacement.list.write(Array("new".utf8), to: folder.path + "/link")
        #expect(text("list") == "new" && mode("list") == S_IFREG | 0o604)
        #expect(mode("link") & S_IFMT == S_IFLNK)
    }

    @Test(arguments: [(0o755, 0o644), (0o750, 0o640)])
    func aNewListCanBeReadByThoseWhoMayEnterItsFolder(of folderMode: Int, _ fileMode: Int) throws {
        #expect(chmod(folder.path, mode_t(folderMode)) == 0)
        try FileReplacement.list.write([], to: folder.path + "/list")
        #expect(mode("list") == S_IFREG | mode_t(fileMode))
    }

    @Test func aSecretIsItsOwnersAloneWhateverItWas() throws {
        let path = try folder.write("secret", "old")
        #expect(chmod(path, 0o644) == 0)
        try LocalFiles().replace(path, with: Array("new".utf8))
        #expect(text("secret") == "new" && mode("secret") == S_IFREG | 0o600)
    }

    @Test func whatIsPublishedTakesThePlaceOfALinkAndCanBeReadByAll() throws {
        try folder.write("victim", "old")
        #expect(symlink("victim", folder.path + "/metrics") == 0)
        try FileReplacement.published.write(Array("new".utf8), to: folder.path + "/metrics")
        #expect(text("metrics") == "new" && mode("metrics") == S_IFREG | 0o644)
        #expect(text("victim") == "old")
    }

    @Test(arguments: [FileReplacement.list, .secret, .published])
    func whatCannotBeReplacedStaysAndNothingIsLeftBeside(_ replacement: FileReplacement) throws {
        let path = folder.path + "/is-a-folder"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(throws: SystemError(EISDIR)) { try replacement.write([1], to: path) }
        #expect(throws: SystemError(ENOENT)) { try replacement.write([1], to: folder.path + "/none/file") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["is-a-folder"])
    }
}
