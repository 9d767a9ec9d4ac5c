import Glibc

/// Kills a process group when this process ends while the value lives, also when it is killed.
///
/// It is a shell that waits for the end of a pipe that only this process holds open. Where no shell can be started there
/// is no guard; under systemd the unit's control group ends the programs all the same.
struct ProcessGuard: ~Copyable, Sendable {
    private let pid: pid_t
    private let life: Int32

    init?(of group: pid_t) {
        guard let ends = Spawning.pipe() else { return nil }
        defer { close(ends.read) }
        let script = "read -r line; kill -s KILL -- -\(group)"
        guard case .success(let child) = Spawning.start(["/bin/sh", "-c", script], input: ends.read, output: nil)
        else {
            close(ends.write)
            return nil
        }
        pid = child
        life = ends.write
    }

    deinit {
        kill(pid, SIGKILL)
        close(life)
        while waitpid(pid, nil, 0) < 0, errno == EINTR {}
    }
}
