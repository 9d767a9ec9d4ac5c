import ImportWatch

/// A clock that moves only when a test says so; wall time moves along.
public struct VirtualClock: Sendable {
    /// Time for scheduling.
    public private(set) var now = MonotonicInstant(nanoseconds: 0)
    /// The time of day; starts at 2026-11-23T20:00:00Z.
    public private(set) var wall = WallTime(millisecondsSinceEpoch: 1_795_464_000_000)

    /// Makes a clock.
    public init() {}

    /// Moves both clocks forward.
    public mutating func advance(by duration: Duration) {
        now = now.advanced(by: duration)
        wall = wall.advanced(by: duration)
    }

    /// Moves both clocks forward to an instant; an earlier one changes nothing.
    public mutating func advance(to instant: MonotonicInstant) {
        advance(by: max(.zero, now.duration(to: instant)))
    }

    /// Sets the time of day forward (or, for a negative duration, back), as people and time servers do.
    public mutating func setWall(by duration: Duration) {
        wall = wall.advanced(by: duration)
    }
}
