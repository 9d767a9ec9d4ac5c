import Glibc
import ImportWatch
import Platform
import WatchConfiguration

/// Why a jobs list could not be changed.
enum ListError: Error, CustomStringConvertible {
    /// Another program changes lists of this folder and doesn't come to an end.
    case busy(folder: String)
    /// The user that runs the program may not write it.
    case notAllowed(path: String)
    /// Anything else.
    case failed(FileError)

    /// One line for a person.
    var description: String {
        switch self {
        case .busy(let folder):
            return "\(folder.inOneLine): another program has been changing the lists there for "
                + "\(ListLock.patience) s; try again"
        case .notAllowed(let path):
            let user = SystemUser(id: geteuid()).name
            guard let owner = Self.owner(of: path), owner != user else {
                return "\(path.inOneLine): the user \(user) may not write it"
            }
            let arguments = CommandLine.arguments.dropFirst().map { $0.contains(" ") ? "'\($0)'" : $0 }
            let command = (["sudo"] + (owner == "root" ? [] : ["-u", owner]) + ["importwatchctl"] + arguments)
            return "\(path.inOneLine): the user \(user) may not write it; it belongs to \(owner): run "
                + command.joined(separator: " ").inOneLine
        case .failed(let error): return error.description
        }
    }

    /// What a system call's failure means for a list.
    init(_ error: SystemError, path: String) {
        switch error.code {
        case EACCES, EPERM: self = .notAllowed(path: path)
        case ENOENT, ENOTDIR: self = .failed(.failed(path: path, reason: "its folder does not exist; make it"))
        default: self = .failed(.failed(path: path, reason: "can't be written: \(error)"))
        }
    }

    /// Who owns a file that may not be written, or the folder that takes no new one; `nil` where that can't be seen.
    ///
    /// The folder's owner counts where that is another user, because a list is replaced as a whole.
    private static func owner(of path: String) -> String? {
        let target = FilePaths.resolved(path) ?? path
        var status = stat()
        guard stat(FilePaths.folder(of: target), &status) == 0 || stat(target, &status) == 0 else { return nil }
        return SystemUser(id: status.st_uid).name
    }
}

/// The lock that keeps programs which change the lists of a folder apart, from the reading to the renaming.
final class ListLock {
    /// The longest wait for it, in seconds.
    static let patience = 10
    private static let pause = 10_000

    private let descriptor: Int32

    /// Locks the folder in which the file at `path` lies; links are followed.
    init(for path: String) throws(ListError) {
        let folder = FilePaths.folder(of: FilePaths.resolved(path) ?? path)
        descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw ListError(SystemError(), path: path) }
        var triesLeft = Self.patience * 1_000_000 / Self.pause
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                let error = ListError(SystemError(), path: path)
                close(descriptor)
                throw error
            }
            guard triesLeft > 0 else {
                close(descriptor)
                throw .busy(folder: folder)
            }
            triesLeft -= 1
            usleep(UInt32(Self.pause))
        }
    }

    /// Gives it back.
    func unlock() {
        close(descriptor)
    }
}

/// A change of one list that was made, and can be taken back.
struct ListEdit {
    /// The file.
    let path: String
    /// `nil` where there was no file.
    private let before: JobListText?
    private let after: JobListText

    /// Reads a list, has it changed, and replaces the file with its mode and owner kept, all under the folder's lock.
    ///
    /// - Parameter check: Throws where the list's new bytes can't be used; then nothing is written.
    /// - Returns: `nil` where nothing changed, and so nothing was written.
    static func make(
        _ path: String,
        mayCreate: Bool,
        _ change: (inout JobListText) -> Void,
        check: ([UInt8]) throws -> Void
    ) throws -> ListEdit? {
        let lock = try acting(path) { try ListLock(for: path) }
        defer { lock.unlock() }
        let before = try acting(path) { try read(path) }
        guard before != nil || mayCreate else { throw ListError.failed(.notFound(path: path)) }
        let old = before ?? JobListText([])
        var new = old
        change(&new)
        guard new != old else { return nil }
        try check(new.bytes)
        try acting(path) { try write(new, to: path) }
        return ListEdit(path: path, before: before, after: new)
    }

    /// Takes the change back, and only that, whatever else has been changed since.
    func takeBack() throws {
        try Self.acting(path) {
            let lock = try ListLock(for: path)
            defer { lock.unlock() }
            guard let now = try Self.read(path) else { return }
            if now == after, before == nil {
                guard unlink(FilePaths.resolved(path) ?? path) == 0 else {
                    throw ListError(SystemError(), path: path)
                }
                return
            }
            var list = now
            list.takeBack(from: before ?? JobListText([]), to: after)
            if list != now { try Self.write(list, to: path) }
        }
    }

    /// `nil` where there is no file.
    private static func read(_ path: String) throws(ListError) -> JobListText? {
        do throws(FileError) {
            return JobListText(try LocalFiles().read(path, limit: 64 << 20))
        } catch {
            if case .notFound = error { return nil }
            throw .failed(error)
        }
    }

    private static func write(_ list: JobListText, to path: String) throws(ListError) {
        do throws(SystemError) {
            try FileReplacement.list.write(list.bytes, to: path)
        } catch {
            throw ListError(error, path: FilePaths.resolved(path) ?? path)
        }
    }

    private static func acting<Answer>(_ path: String, _ body: () throws -> Answer) throws -> Answer {
        try FileOwner.acting(for: path, isFileIncluded: false, body)
    }
}
