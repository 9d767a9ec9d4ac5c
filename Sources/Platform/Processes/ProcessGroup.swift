import Glibc
import Synchronization

/// A child process that leads a process group of its own.
///
/// Signals go to the group only while the child has not been reaped, for as long is its number nobody else's.
final class ProcessGroup: Sendable {
    private let pid: pid_t
    private let isReaped = Mutex(false)

    init(pid: pid_t) {
        self.pid = pid
    }

    /// Whether the child has ended and was reaped.
    var isOver: Bool { isReaped.withLock { $0 } }

    /// Kills the child, and all in its group.
    func kill() {
        isReaped.withLock { isReaped in
            if !isReaped { _ = Glibc.kill(-pid, SIGKILL) }
        }
    }

    /// The child's wait status once it has ended, and then all in its group are killed; `nil` while it runs.
    func reap() -> Int32? {
        isReaped.withLock { isReaped in
            var end = siginfo_t()
            guard !isReaped, waitid(P_PID, id_t(bitPattern: pid), &end, WEXITED | WNOHANG | WNOWAIT) == 0,
                end.si_signo != 0
            else { return nil }
            _ = Glibc.kill(-pid, SIGKILL)
            var status: Int32 = 0
            guard waitpid(pid, &status, 0) == pid else { return nil }
            isReaped = true
            return status
        }
    }
}
