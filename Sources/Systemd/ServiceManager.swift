import CSystemd

/// The service manager, which is told how the daemon stands (sd_notify(3)).
///
/// Its socket is NOTIFY_SOCKET of the process's environment; where there is none, nothing is done.
public struct ServiceManager: Sendable {
    public init() {}

    /// The start is complete.
    public func ready(status: String) {
        send("READY=1\nSTATUS=\(Self.oneLine(status))")
    }

    /// The configuration is being read anew.
    ///
    /// - Parameter monotonicMicroseconds: CLOCK_MONOTONIC, which Type=notify-reload wants.
    public func reloading(monotonicMicroseconds: Int64) {
        send("RELOADING=1\nMONOTONIC_USEC=\(monotonicMicroseconds)")
    }

    /// What is going on, in one line.
    public func status(_ status: String) {
        send("STATUS=\(Self.oneLine(status))")
    }

    /// The loop turned.
    public func watchdog() {
        send("WATCHDOG=1")
    }

    /// The daemon stops.
    public func stopping() {
        send("STOPPING=1\nSTATUS=stopping")
    }

    /// Asks for more time to start or stop.
    public func extendTimeout(_ duration: Duration) {
        send("EXTEND_TIMEOUT_USEC=\(duration.components.seconds * 1_000_000)")
    }

    /// How often the manager wants to hear of the loop at the least; `nil` when it doesn't watch.
    public var watchdogTimeout: Duration? {
        var microseconds: UInt64 = 0
        guard sd_watchdog_enabled(0, &microseconds) > 0, microseconds < UInt64(Int64.max) else { return nil }
        return .microseconds(Int64(microseconds))
    }

    private func send(_ state: String) {
        _ = sd_notify(0, state)
    }

    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
