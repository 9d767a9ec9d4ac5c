import Glibc
import ImportWatch

/// The file beside the state that keeps a second daemon away, and tells whether the last one stopped in good order.
///
/// It holds the daemon's pid on its first line and `running` or `stopped` on its second; who runs holds its `flock`.
/// As long as no state was begun beside it, its third line says `new`. Newlines fill it up to a fixed size: it is only
/// ever written over, for what is cut first may stay empty on a full disk. One that says nothing is what became of
/// another's, so it stands for a state that was not closed in good order.
final class StateLock {
    /// Whether the last daemon stopped in good order; also true where there was none.
    let wasCleanlyStopped: Bool
    /// Whether a state lay beside it once.
    private(set) var hadState: Bool
    private let descriptor: Int32
    private let path: String
    private static let size = 64

    /// Takes the lock for this process, which may write to the state.
    init(statePath: String) throws(StateStoreError) {
        path = Self.path(beside: statePath)
        let existing = try StateFile.open(path, O_RDWR)
        guard let descriptor = existing == nil ? try StateFile.open(path, O_RDWR | O_CREAT) : existing else {
            throw .cannotOpen(path: path, reason: String(cString: strerror(ENOENT)))
        }
        guard Self.take(descriptor, LOCK_EX) else {
            let holder = Self.read(descriptor)
            close(descriptor)
            throw .inUse(path: statePath, pid: holder?.pid)
        }
        // Another daemon may have begun and ended between the two.
        let before = Self.read(descriptor)
        let isFirst = existing == nil && before == nil
        self.descriptor = descriptor
        wasCleanlyStopped = before.map { !$0.isRunning } ?? isFirst
        hadState = before.map { !$0.isNew } ?? !isFirst
        do throws(StateStoreError) {
            try write("running")
        } catch {
            // Left empty, it would speak of a state that never was.
            if isFirst { unlink(path) }
            throw error
        }
    }

    /// Keeps daemons away for a process that only reads; nothing is made or written.
    init(readingBeside statePath: String) throws(StateStoreError) {
        path = Self.path(beside: statePath)
        guard let descriptor = try StateFile.open(path, O_RDONLY) else {
            (descriptor, wasCleanlyStopped, hadState) = (-1, true, true)
            return
        }
        let before = Self.read(descriptor)
        guard Self.take(descriptor, LOCK_SH) else {
            close(descriptor)
            throw .inUse(path: statePath, pid: before?.pid)
        }
        self.descriptor = descriptor
        wasCleanlyStopped = before.map { !$0.isRunning } ?? false
        hadState = true
    }

    /// Tries for a second: a tool that looks into the state holds the lock for a moment.
    private static func take(_ descriptor: Int32, _ kind: Int32) -> Bool {
        for _ in 0..<20 {
            if flock(descriptor, kind | LOCK_NB) == 0 { return true }
            usleep(50_000)
        }
        return false
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Whether the file is still the one that its name stands for.
    var isInPlace: Bool {
        var (held, named) = (stat(), stat())
        return fstat(descriptor, &held) == 0 && lstat(path, &named) == 0
            && held.st_ino == named.st_ino && held.st_dev == named.st_dev
    }

    /// Notes that a state lies beside the file from now on.
    func markBegun() throws(StateStoreError) {
        guard !hadState else { return }
        hadState = true
        try write("running")
    }

    /// Notes that the daemon stops in good order.
    func markStopped() {
        // Where it can't be noted, the next start checks the state once more than it must.
        try? write("stopped")
    }

    /// Who holds, or last held, the lock of a state; `nil` where there never was a daemon.
    static func holder(statePath: String) -> StateHolder? {
        guard let descriptor = try? StateFile.open(path(beside: statePath), O_RDONLY) else { return nil }
        defer { close(descriptor) }
        let content = read(descriptor)
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return content?.isRunning == false ? .stopped : .crashed }
        return content.map { .running(pid: $0.pid) }
    }

    private static func path(beside statePath: String) -> String {
        statePath + ".lock"
    }

    private static func read(_ descriptor: Int32) -> (pid: Int32, isRunning: Bool, isNew: Bool)? {
        var bytes = [UInt8](repeating: 0, count: size)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
        guard lines.count >= 2, let pid = Int32(lines[0]) else { return nil }
        return (pid, lines[1] == "running", lines.count > 2 && lines[2] == "new")
    }

    private func write(_ word: String) throws(StateStoreError) {
        var text = Array("\(getpid())\n\(word)\n\(hadState ? "" : "new\n")".utf8)
        text += [UInt8](repeating: UInt8(ascii: "\n"), count: max(0, Self.size - text.count))
        let count = pwrite(descriptor, text, text.count, 0)
        // A write that was cut short met the end of the disk.
        let code = count < 0 ? errno : count < text.count ? ENOSPC : fsync(descriptor) != 0 ? errno : 0
        switch code {
        case 0: return
        case ENOSPC, EDQUOT: throw .diskFull(path: path)
        default: throw .failed(path: path, reason: String(cString: strerror(code)))
        }
    }
}

/// How the daemon of a state stands.
enum StateHolder: Hashable, Sendable {
    /// It runs.
    case running(pid: Int32)
    /// It stopped in good order.
    case stopped
    /// It ended without stopping in good order.
    case crashed
}
