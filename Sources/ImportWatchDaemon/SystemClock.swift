import Glibc
import ImportWatch

/// The machine's clocks; the one place where they are read.
public nonisolated struct SystemClock: Sendable {
    /// Makes the clock.
    public init() {}

    /// Time for scheduling: CLOCK_BOOTTIME, which goes on while the machine sleeps.
    func now() -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Self.read(CLOCK_BOOTTIME))
    }

    /// The time of day.
    public func wall() -> WallTime {
        WallTime(millisecondsSinceEpoch: Self.read(CLOCK_REALTIME) / 1_000_000)
    }

    /// CLOCK_MONOTONIC in microseconds, as the service manager wants it.
    func monotonicMicroseconds() -> Int64 {
        Self.read(CLOCK_MONOTONIC) / 1000
    }

    /// How long the machine has slept since it booted.
    func sleptTime() -> Duration {
        .nanoseconds(Self.read(CLOCK_BOOTTIME) - Self.read(CLOCK_MONOTONIC))
    }

    private static func read(_ clock: Int32) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
