/// Decides when metrics are written: after something changed, at most every 15 s.
public struct MetricsSchedule: Sendable {
    /// The shortest time between two writes.
    public static let interval = Duration.seconds(15)

    private var writtenAt: MonotonicInstant?
    private var hasChanges = true

    /// Makes a schedule by which a first write is due.
    public init() {}

    /// Notes that something changed.
    public mutating func changed() {
        hasChanges = true
    }

    /// Whether to write now; it counts as written then.
    public mutating func isDue(now: MonotonicInstant) -> Bool {
        guard let next, next <= now else { return false }
        writtenAt = now
        hasChanges = false
        return true
    }

    /// When ``isDue(now:)`` is to be asked next; `nil` while nothing has changed, so that an idle daemon sleeps on.
    public var next: MonotonicInstant? {
        guard hasChanges else { return nil }
        return writtenAt?.advanced(by: Self.interval) ?? MonotonicInstant(nanoseconds: .min)
    }
}
