import Dispatch
import ImportWatch
import Systemd

/// Feeds the service manager's watchdog from the main queue: when the loop is stuck, the feed stops.
final class ServicePulse {
    private let service: ServiceNotifier
    private let timer: (any DispatchSourceTimer)?

    init(service: ServiceNotifier) {
        self.service = service
        guard let timeout = service.watchdogTimeout else {
            timer = nil
            return
        }
        let timer = DispatchSource.makeTimerSource(queue: .main)
        let interval = DispatchTimeInterval.nanoseconds(Int(timeout.nanoseconds / 3))
        timer.schedule(deadline: .now(), repeating: interval, leeway: .milliseconds(100))
        timer.setEventHandler { MainActor.assumeIsolated { service.watchdog() } }
        timer.activate()
        self.timer = timer
    }

    func stop() {
        timer?.cancel()
    }
}

/// Sends the status line when its words change, at most every five seconds.
struct StatusLine {
    private static let interval = Duration.seconds(5)

    private var sent = ""
    private var sentAt: MonotonicInstant?

    /// The line to send now, if it is time for one.
    mutating func due(_ line: String, now: MonotonicInstant) -> String? {
        guard line != sent else { return nil }
        if let sentAt, sentAt.duration(to: now) < Self.interval { return nil }
        sent = line
        sentAt = now
        return line
    }

    /// When a line may be sent next.
    var nextChance: MonotonicInstant? { sentAt?.advanced(by: Self.interval) }

    /// Whether `line` is what was sent last.
    func isSent(_ line: String) -> Bool { line == sent }
}
