/// Sends the status line when its words change, at most every five seconds.
struct StatusLine: Sendable {
    private static let interval = Duration.seconds(5)

    private var sent = ""
    private var sentAt: MonotonicInstant?

    /// The line to send now, if its words changed and it is time for one.
    mutating func due(_ line: String, now: MonotonicInstant) -> String? {
        guard line != sent, waitsUntil(now: now) == nil else { return nil }
        sent = line
        sentAt = now
        return line
    }

    /// When a line may be sent, if not now.
    func waitsUntil(now: MonotonicInstant) -> MonotonicInstant? {
        guard let next = sentAt?.advanced(by: Self.interval), now < next else { return nil }
        return next
    }
}
