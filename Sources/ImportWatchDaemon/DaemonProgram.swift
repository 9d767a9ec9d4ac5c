import Dispatch
import Glibc
import ImportWatch
import Systemd
import WatchConfiguration

/// The program `importwatchd`.
public enum DaemonProgram {
    /// Runs the program with its arguments (without its own name); comes back never.
    public static func run(arguments: [String]) -> Never {
        openStandardDescriptors()
        raiseDescriptorLimit()
        let path: String
        switch DaemonOptions.parse(arguments) {
        case .print(let text):
            write(text, to: STDOUT_FILENO)
            exit(ExitCode.stopped)
        case .usageError(let problem):
            write("importwatchd: \(problem)\n", to: STDERR_FILENO)
            exit(ExitCode.usage)
        case .run(let configuration):
            path = configuration
        }
        let environment = DaemonEnvironment(
            variables: LocalEnvironment.variables(),
            files: LocalFiles(),
            clock: SystemClock()
        )
        let reader = ConfigurationReader(path: path, environment: environment)
        do throws(ConfigurationError) {
            let plan = try reader.read()
            let daemon = try Daemon(plan: plan, reader: reader, environment: environment)
            daemon.start()
            withExtendedLifetime(daemon) { dispatchMain() }
        } catch {
            refuse(error, environment)
        }
    }

    /// Says what is wrong with the configuration, as lines or, where systemd runs the program, as an entry; and ends.
    private static func refuse(_ error: ConfigurationError, _ environment: DaemonEnvironment) -> Never {
        var status = ExitCode.badConfiguration
        if case .permissionDenied = error { status = ExitCode.noPermission }
        guard JournalWriter.isUnderSystemd(environment.variables) else {
            for line in error.lines { write("importwatchd: \(line)\n", to: STDERR_FILENO) }
            exit(status)
        }
        let journal = Daemon.journal(environment)
        DispatchQueue.main.asyncAfter(deadline: .now() + .seconds(5)) { exit(status) }
        Task {
            try? await journal.write(.cannotStart(error.lines.joined(separator: "\n")))
            exit(status)
        }
        dispatchMain()
    }

    /// Keeps the state file and sockets from descriptors 0 to 2, where a line for stderr would end up in them.
    private static func openStandardDescriptors() {
        for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) < 0 && errno == EBADF {
            _ = open("/dev/null", O_RDWR)
        }
    }

    /// Takes as many descriptors as the system lets us, for sources whose endpoints hang; 1,024 is the usual limit.
    private static func raiseDescriptorLimit() {
        var limits = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits) == 0 else { return }
        limits.rlim_cur = max(limits.rlim_cur, min(limits.rlim_max, 8192))
        _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limits)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }
}
