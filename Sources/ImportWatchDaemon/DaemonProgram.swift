import CurlTransport
import Dispatch
import Glibc
import ImportWatch
import Platform
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
            variables: ProcessEnvironment.variables(),
            files: LocalFiles(),
            clock: SystemClock()
        )
        let signals = signals(environment)
        let reader = ConfigurationReader(path: path, environment: environment)
        let plan: DaemonPlan
        do throws(ConfigurationError) {
            plan = try reader.read()
        } catch {
            refuse(error, environment, signals)
        }
        do throws(CurlSetupError) {
            let daemon = try Daemon(plan: plan, reader: reader, environment: environment, signals: signals)
            daemon.start()
            withExtendedLifetime(daemon) { dispatchMain() }
        } catch {
            giveUp(error.description, environment)
        }
    }

    /// Begins to hear signals, if the system grants what the daemon needs.
    private static func signals(_ environment: DaemonEnvironment) -> SignalThread {
        do throws(ResourceShortage) {
            let signals = try SignalThread()
            try ResourceShortage.check()
            return signals
        } catch {
            giveUp(error.description, environment)
        }
    }

    /// Says on stderr, which needs neither a thread nor a descriptor, why the daemon can't start; and ends.
    private static func giveUp(_ problem: String, _ environment: DaemonEnvironment) -> Never {
        // By this prefix the journal knows how grave a line from stderr is: critical.
        let prefix = environment.variables["JOURNAL_STREAM"] == nil ? "" : "<2>"
        write("\(prefix)importwatchd: can't start: \(problem)\n", to: STDERR_FILENO)
        _exit(ExitCode.failure)
    }

    /// Says what is wrong with the configuration, as lines or, where systemd runs the program, as an entry; and ends.
    private static func refuse(
        _ error: ConfigurationError,
        _ environment: DaemonEnvironment,
        _ signals: SignalThread
    ) -> Never {
        var status = ExitCode.badConfiguration
        if case .permissionDenied = error { status = ExitCode.noPermission }
        guard JournalWriter.isUnderSystemd(environment.variables) else {
            for line in error.lines { write("importwatchd: \(line)\n", to: STDERR_FILENO) }
            exit(status)
        }
        let journal = Daemon.journal(environment)
        signals.endSoon(status: status)
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
