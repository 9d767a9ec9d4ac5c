/// Decides when metrics are written: after something changed, at most every 15 s.
struct MetricsSchedule: Sendable {
    /// The shortest time between two writes.
    static let interval = Duration.seconds(15)

    private var writtenAt: MonotonicInstant?
    private var hasChanges = true

    /// Notes that something changed.
    mutating func changed() {
        hasChanges = true
    }

    /// Whether to write now; it counts as written then.
    mutating func isDue(now: MonotonicInstant) -> Bool {
        guard let next, next <= now else { return false }
        writtenAt = now
        hasChanges = false
        return true
    }

    /// When ``isDue(now:)`` is to be asked next; `nil` while nothing has changed, so that an idle daemon sleeps on.
    var next: MonotonicInstant? {
        guard hasChanges else { return nil }
        return writtenAt?.advanced(by: Self.interval) ?? MonotonicInstant(nanoseconds: .min)
    }
}
