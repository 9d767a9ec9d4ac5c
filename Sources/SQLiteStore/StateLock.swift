import Glibc
import ImportWatch

/// The file beside the state that keeps a second daemon away, and tells whether the last one stopped in good order.
///
/// It holds the daemon's pid on its first line and `running` or `stopped` on its second; who runs holds its `flock`.
public final class StateLock {
    /// Whether the last daemon stopped in good order; also true where there was none.
    let wasCleanlyStopped: Bool
    private let descriptor: Int32

    /// Takes the lock for this process.
    init(statePath: String) throws(StateStoreError) {
        let path = Self.path(beside: statePath)
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        Self.keepForOwner(of: statePath, descriptor)
        let before = Self.read(descriptor)
        guard Self.take(descriptor) else {
            close(descriptor)
            throw .inUse(path: statePath, pid: before?.pid)
        }
        self.descriptor = descriptor
        wasCleanlyStopped = before.map { !$0.isRunning } ?? true
        write("running")
    }

    /// A lock that root's tool made must not keep the daemon's own user out.
    private static func keepForOwner(of statePath: String, _ descriptor: Int32) {
        var state = stat()
        guard geteuid() == 0, stat(statePath, &state) == 0 else { return }
        _ = fchown(descriptor, state.st_uid, state.st_gid)
    }

    /// Tries for a second: a tool that looks into the state holds the lock for a moment.
    private static func take(_ descriptor: Int32) -> Bool {
        for _ in 0..<20 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            usleep(50_000)
        }
        return false
    }

    deinit {
        close(descriptor)
    }

    /// Notes that the daemon stops in good order.
    func markStopped() {
        write("stopped")
    }

    /// Who holds, or last held, the lock of a state; `nil` where there never was a daemon.
    public static func holder(statePath: String) -> StateHolder? {
        let descriptor = open(path(beside: statePath), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0, let content = read(descriptor) else { return nil }
        defer { close(descriptor) }
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return content.isRunning ? .crashed : .stopped }
        return .running(pid: content.pid)
    }

    private static func path(beside statePath: String) -> String {
        statePath + ".lock"
    }

    private static func read(_ descriptor: Int32) -> (pid: Int32, isRunning: Bool)? {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        let lines = String(decoding: bytes.prefix(count), as: UTF8.self).split(separator: "\n")
        guard lines.count >= 2, let pid = Int32(lines[0]) else { return nil }
        return (pid, lines[1] == "running")
    }

    private func write(_ word: String) {
        let text = Array("\(getpid())\n\(word)\n".utf8)
        ftruncate(descriptor, 0)
        pwrite(descriptor, text, text.count, 0)
        fsync(descriptor)
    }
}

/// How the daemon of a state stands.
public enum StateHolder: Hashable, Sendable {
    /// It runs.
    case running(pid: Int32)
    /// It stopped in good order.
    case stopped
    /// It ended without stopping in good order.
    case crashed
}
