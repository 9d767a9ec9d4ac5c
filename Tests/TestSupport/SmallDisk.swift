import Foundation

/// A disk of half a megabyte that a test fills up and frees; only root can have one.
public final class SmallDisk {
    /// Where it is mounted.
    public let folder: TemporaryFolder
    private let filler: FileHandle

    /// `nil`, said on standard output, where none can be mounted.
    public init?() async throws {
        folder = try TemporaryFolder()
        let options = ["-t", "tmpfs", "-o", "size=512k", "tmpfs", folder.path]
        guard geteuid() == 0, try await TestProcess("/bin/mount", options).exitStatus() == 0 else {
            print("SKIPPED: a full disk needs root, who may mount a tmpfs")
            return nil
        }
        let path = folder.path + "/filler"
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else {
            umount2(folder.path, Int32(MNT_DETACH))
            throw CocoaError(.fileWriteUnknown)
        }
        filler = handle
    }

    deinit {
        try? filler.close()
        umount2(folder.path, Int32(MNT_DETACH))
    }

    /// The configuration's table for a state on this disk.
    public var state: String { "[state]\npath = \"\(folder.path)/state.sqlite\"" }

    /// Leaves no room on it.
    public func fill() {
        while (try? filler.write(contentsOf: Data(repeating: 1, count: 4096))) != nil {}
    }

    /// Makes room again.
    public func free() throws {
        try filler.truncate(atOffset: 0)
    }
}
