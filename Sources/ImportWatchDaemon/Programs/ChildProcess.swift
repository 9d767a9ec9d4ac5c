import AWS
import Glibc
import ImportWatch

/// A program that was started, with a pipe from its standard output; its other streams lead nowhere.
///
/// It has a process group of its own, so that it ends with whatever it started itself.
nonisolated struct ChildProcess: ~Copyable, Sendable {
    private let program: String
    private let pid: pid_t
    private let pipe: Int32
    private let clock = SystemClock()

    /// Starts a program, looked up in PATH.
    ///
    /// Called by one thread only: another's child could inherit the pipe.
    init(_ arguments: [String]) throws(ProcessError) {
        // The name in errors is the file's alone: arguments can hold secrets.
        let program = arguments.first.map { String($0.split(separator: "/").last ?? "") } ?? ""
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw Self.notStarted(program, errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[1]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        Self.setSignals(&attributes)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(flags))
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var child: pid_t = 0
        let failure = posix_spawnp(&child, arguments.first ?? "", &actions, &attributes, &argv, environ)
        guard failure == 0 else {
            close(ends[0])
            throw Self.notStarted(program, failure)
        }
        self.program = program
        pid = child
        pipe = ends[0]
    }

    deinit {
        close(pipe)
    }

    /// The daemon ignores signals that a program should obey.
    private static func setSignals(_ attributes: inout posix_spawnattr_t) {
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
    }

    /// Waits for the program's end and returns what it wrote; one that takes too long or writes too much is killed.
    func output(timeout: Duration, limit: Int) throws(ProcessError) -> [UInt8] {
        let deadline = clock.now().advanced(by: timeout)
        var output: [UInt8] = []
        do throws(ProcessError) {
            while let chunk = try nextChunk(deadline: deadline, timeout: timeout) {
                output += chunk
                guard output.count <= limit else { throw .tooMuchOutput(program: program, limit: limit) }
            }
            try wait(deadline: deadline, timeout: timeout)
        } catch {
            kill(-pid, SIGKILL)
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            throw error
        }
        return output
    }

    /// Some more output; `nil` at its end.
    private func nextChunk(deadline: MonotonicInstant, timeout: Duration) throws(ProcessError) -> [UInt8]? {
        var readable = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
        while true {
            let remaining = clock.now().duration(to: deadline).milliseconds
            guard remaining > 0 else { throw .timeout(program: program, limit: timeout) }
            let ready = poll(&readable, 1, Int32(clamping: remaining))
            if ready > 0 { break }
        }
        var buffer = [UInt8](repeating: 0, count: 8192)
        let count = read(pipe, &buffer, buffer.count)
        return count > 0 ? Array(buffer.prefix(count)) : nil
    }

    private func wait(deadline: MonotonicInstant, timeout: Duration) throws(ProcessError) {
        var status: Int32 = 0
        while waitpid(pid, &status, WNOHANG) == 0 {
            guard clock.now() < deadline else { throw .timeout(program: program, limit: timeout) }
            // A program that closed its output ends at once, as a rule.
            usleep(5000)
        }
        let signal = status & 0x7F
        guard signal == 0 else { throw .signalled(program: program, signal: signal) }
        let code = (status >> 8) & 0xFF
        guard code == 0 else { throw .failed(program: program, status: code) }
    }

    private static func notStarted(_ program: String, _ number: Int32) -> ProcessError {
        .notStarted(program: program, reason: String(cString: strerror(number)))
    }
}
