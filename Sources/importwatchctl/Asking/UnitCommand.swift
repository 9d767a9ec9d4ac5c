import Glibc

/// What a command of the unit's has to know of the service that it is run for.
enum UnitCommand {
    /// Whether systemd runs this as a command of the service, and the service's daemon has ended or does so within 2 s.
    ///
    /// A stop that is asked for during a reload may come too late for the reload's command and is yet no failure of it.
    static var isOvertakenByStop: Bool {
        guard number("SYSTEMD_EXEC_PID") == getpid(), getenv("RUNTIME_DIRECTORY") != nil else { return false }
        // systemd names the daemon as long as there is one.
        guard let daemon = number("MAINPID"), daemon > 0 else { return true }
        for _ in 0..<40 {
            if kill(daemon, 0) != 0, errno == ESRCH { return true }
            usleep(50_000)
        }
        return false
    }

    private static func number(_ variable: String) -> Int32? {
        getenv(variable).flatMap { Int32(String(cString: $0)) }
    }
}
