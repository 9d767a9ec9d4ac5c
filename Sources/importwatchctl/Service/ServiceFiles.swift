import ImportWatch
import Platform
import WatchConfiguration

/// The files of this machine as the service sees them: its credentials in their place, and without what systemd hides.
struct ServiceFiles: FileReader {
    /// The folder of the service's credentials, with a slash at its end; `nil` where it has none.
    let folder: String?
    /// The credentials that systemd hands over at a start, by name.
    let credentials: [String: Result<[UInt8], FileError>]
    /// How systemd runs the service; `nil` where that isn't known.
    let unit: ServiceUnit?

    /// The files as this process sees them.
    static let own = ServiceFiles(folder: nil, credentials: [:], unit: nil)

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        if let credential = credential(path) {
            let bytes = try credential.get()
            guard bytes.count <= limit else { throw .tooLarge(path: path, limit: limit) }
            return bytes
        }
        guard !isHidden(path) else {
            throw .failed(path: path, reason: "systemd hides it from the service (ProtectHome=, PrivateTmp=); move it")
        }
        return try LocalFiles().read(path, limit: limit)
    }

    func version(of path: String) -> FileVersion? {
        if let credential = credential(path) {
            let bytes = (try? credential.get()) ?? []
            return FileVersion(inode: 0, modifiedNanoseconds: 0, size: Int64(bytes.count))
        }
        return isHidden(path) ? nil : LocalFiles().version(of: path)
    }

    func paths(matching pattern: String) -> [String] {
        LocalFiles().paths(matching: pattern).filter { !isHidden($0) }
    }

    private func credential(_ path: String) -> Result<[UInt8], FileError>? {
        guard let folder, path.hasPrefix(folder) else { return nil }
        return credentials[String(path.dropFirst(folder.count))]
    }

    private func isHidden(_ path: String) -> Bool {
        unit?.isHidden(path) ?? false
    }
}
