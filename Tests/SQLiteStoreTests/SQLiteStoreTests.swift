import Foundation
import ImportWatch
import TestSupport
import Testing

@testable import SQLiteStore

@Suite struct SQLiteStoreTests {
    private let folder: TemporaryFolder
    private var path: String { folder.path + "/state/state.sqlite" }

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func aNewerSchemaIsRefused() async throws {
        let store = SQLiteStore(path: path)
        _ = try await store.load()
        await store.close()
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        // The user_version lies at offset 60 of the file's header, big-endian.
        bytes[60...63] = [0, 0, 0, 99]
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        await #expect(throws: StateStoreError.tooNew(path: path, version: 99, supported: 2)) {
            _ = try await SQLiteStore(path: path).load()
        }
    }

    @Test func whatIsNoDatabaseIsSaidToBeDamaged() async throws {
        let path = try folder.write("other.sqlite", String(repeating: "this is no database\n", count: 500))
        do {
            _ = try await SQLiteStore(path: path).load()
            Issue.record("it was taken")
        } catch {
            #expect(error.kind == .damaged, "\(error)")
        }
    }

    @Test func aSecondOpenerIsTurnedAway() async throws {
        let first = SQLiteStore(path: path)
        _ = try await first.load()
        await #expect(throws: StateStoreError.inUse(path: path, pid: getpid())) {
            _ = try await SQLiteStore(path: path).load()
        }
        await first.close()
        _ = try await SQLiteStore(path: path).load()
    }

    @Test func aDirectoryThatCantBeMadeIsSaid() async throws {
        let file = try folder.write("file", "")
        do {
            _ = try await SQLiteStore(path: file + "/state.sqlite").load()
            Issue.record("it was made")
        } catch {
            #expect(error.description.contains("file"))
        }
    }

    @Test func theFileIsForItsOwnerOnly() async throws {
        let store = SQLiteStore(path: path)
        _ = try await store.load()
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}
