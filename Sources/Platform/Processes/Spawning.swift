import Glibc
import SpawnShim

/// Starts other programs, each in a process group of its own and with no descriptor but its three standard streams.
enum Spawning {
    /// Starts a program, looked up in PATH.
    ///
    /// - Parameters:
    ///   - input: What its standard input is; `nil` for nothing.
    ///   - output: What its standard output is; `nil` for nowhere.
    ///   - errors: What its standard error is; `nil` for nowhere.
    static func start(_ arguments: [String], input: Int32?, output: Int32?, errors: Int32? = nil) -> Result<
        pid_t, SystemError
    > {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        connect(input, to: STDIN_FILENO, O_RDONLY, &actions)
        connect(output, to: STDOUT_FILENO, O_WRONLY, &actions)
        connect(errors, to: STDERR_FILENO, O_WRONLY, &actions)
        sshim_close_from(&actions, STDERR_FILENO + 1)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        setSignals(&attributes)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
        posix_spawnattr_setflags(&attributes, Int16(truncatingIfNeeded: flags))
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var child: pid_t = 0
        let failure = posix_spawnp(&child, arguments.first ?? "", &actions, &attributes, &argv, environ)
        return failure == 0 ? .success(child) : .failure(SystemError(failure))
    }

    /// Makes a pipe.
    static func pipe() -> (read: Int32, write: Int32)? {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private static func connect(
        _ descriptor: Int32?,
        to stream: Int32,
        _ mode: Int32,
        _ actions: inout posix_spawn_file_actions_t
    ) {
        if let descriptor {
            posix_spawn_file_actions_adddup2(&actions, descriptor, stream)
        } else {
            posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", mode, 0)
        }
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
}
