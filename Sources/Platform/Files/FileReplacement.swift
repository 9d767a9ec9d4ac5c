import Glibc
import ImportWatch

/// Replaces a file so that readers see the old content or the new, whatever happens: a new file is written beside the
/// old one and renamed.
public struct FileReplacement: Sendable {
    /// Whose the new file is, and who may read it.
    public enum Access: Sendable {
        /// The old one's mode and owner. One that is new can be read by all who may enter its folder, whatever the umask.
        case asBefore
        /// Only the owner, who stays the same.
        case owner
        /// This process's user owns it, and everyone may read it.
        case everyone
    }

    /// Lists that people edit: a symbolic link stays one when its file is replaced.
    public static let list = FileReplacement(access: .asBefore, followsLinks: true, isDurable: true)
    /// Secrets that are kept for the next start.
    public static let secret = FileReplacement(access: .owner, followsLinks: true, isDurable: true)
    /// What other users' programs read, and is soon written again; in a shared folder, where a link may be anybody's.
    public static let published = FileReplacement(access: .everyone, followsLinks: false, isDurable: false)

    private let access: Access
    private let followsLinks: Bool
    private let isDurable: Bool

    /// Replaces the file at `path`.
    public func write(_ bytes: [UInt8], to path: String) throws(SystemError) {
        let target = followsLinks ? FilePaths.resolved(path) ?? path : path
        let folder = FilePaths.folder(of: target)
        // A hidden name matches no pattern such as jobs.d/*.
        let name = target[(target.lastIndex(of: "/").map(target.index(after:)) ?? target.startIndex)...]
        let new = "\(folder)/.\(name).\(getpid()).new"
        // What a process of the same number left behind when it was killed; in a shared folder it may be anybody's.
        unlink(new)
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw SystemError() }
        do throws(SystemError) {
            do throws(SystemError) {
                try grant(descriptor, target, folder)
                try Self.write(bytes, to: descriptor)
                if isDurable { try Self.check(fsync(descriptor)) }
            } catch {
                close(descriptor)
                throw error
            }
            try Self.check(close(descriptor))
            try Self.check(rename(new, target))
        } catch {
            unlink(new)
            throw error
        }
        if isDurable { Self.syncFolder(folder) }
    }

    private func grant(_ descriptor: Int32, _ target: String, _ folder: String) throws(SystemError) {
        var status = stat()
        switch access {
        case .everyone:
            try Self.check(fchmod(descriptor, 0o644))
        case .owner:
            if stat(target, &status) == 0, status.st_uid != geteuid() || status.st_gid != getegid() {
                // Only a file whose owner can still read it may take the old one's place.
                let isGiven = fchown(descriptor, status.st_uid, status.st_gid) == 0 || status.st_uid == geteuid()
                guard isGiven else { throw SystemError() }
            }
            try Self.check(fchmod(descriptor, 0o600))
        case .asBefore where stat(target, &status) == 0:
            try Self.check(fchown(descriptor, status.st_uid, status.st_gid))
            try Self.check(fchmod(descriptor, status.st_mode & 0o7777))
        case .asBefore:
            try Self.check(stat(folder, &status))
            // Whoever may look into the folder, the daemon's user among them, may read what is new in it.
            _ = fchown(descriptor, uid_t.max, status.st_gid)
            try Self.check(fchmod(descriptor, status.st_mode & 0o005 == 0o005 ? 0o644 : 0o640))
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemError(count == 0 ? ENOSPC : errno) }
            rest = rest.dropFirst(count)
        }
    }

    private static func check(_ result: Int32) throws(SystemError) {
        if result != 0 { throw SystemError() }
    }

    private static func syncFolder(_ folder: String) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
