import Glibc
import ImportWatch
import ImportWatchDaemon

/// Asks systemd's own programs; where they aren't there, fail or hang, there is no answer.
enum Systemctl {
    /// The longest wait for an answer.
    private static let patience = Duration.seconds(5)
    private static let limit = 1 << 20

    /// The files of a unit, one after the other; `nil` where systemd knows no such unit.
    static func files(of unit: String) -> String? {
        output(["systemctl", "cat", "--no-pager", "--", unit]).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The pid of a unit's daemon; `nil` where systemd doesn't say, 0 where none runs.
    static func mainPID(of unit: String) -> Int32? {
        guard let bytes = output(["systemctl", "show", "--property=MainPID", "--value", "--", unit]) else { return nil }
        return Int32(String(decoding: bytes, as: UTF8.self).prefix { $0.isNumber })
    }

    /// What systemd decrypts a credential to; `nil` where it can't.
    static func decrypted(_ path: String, name: String) -> [UInt8]? {
        output(["systemd-creds", "decrypt", "--name=\(name)", "--", path, "-"])
    }

    /// What a program prints before it ends with success.
    private static func output(_ arguments: [String]) -> [UInt8]? {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let pid = spawn(arguments, output: ends[1])
        close(ends[1])
        guard let pid else { return nil }
        let bytes = read(ends[0])
        if bytes == nil { kill(pid, SIGKILL) }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status == 0 ? bytes : nil
    }

    private static func spawn(_ arguments: [String], output: Int32) -> pid_t? {
        var actions = posix_spawn_file_actions_t()
        guard posix_spawn_file_actions_init(&actions) == 0 else { return nil }
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        return posix_spawnp(&pid, arguments[0], &actions, nil, &words, environ) == 0 ? pid : nil
    }

    /// Everything until the end; `nil` where it doesn't come in time or is too long.
    private static func read(_ descriptor: Int32) -> [UInt8]? {
        let clock = SystemClock()
        let end = clock.now().advanced(by: patience)
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= limit {
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = Int32(clamping: clock.now().duration(to: end).milliseconds)
            guard left > 0, poll(&entry, 1, left) > 0 || errno == EINTR else { return nil }
            guard entry.revents != 0 else { continue }
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0, errno != EINTR { return nil }
            bytes.append(contentsOf: chunk.prefix(max(0, count)))
        }
        return nil
    }
}
