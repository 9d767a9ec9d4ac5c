import Glibc
import ImportWatch

/// The machine's clocks; the one place where they are read.
public struct SystemClock: Sendable {
    /// Makes the clock.
    public init() {}

    /// Time for scheduling: CLOCK_BOOTTIME, which goes on while the machine sleeps.
    public func now() -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Self.read(CLOCK_BOOTTIME).nanoseconds)
    }

    /// The time of day; a clock that is set outside what timestamps can say is held at their end.
    public func wall() -> WallTime {
        WallTime(millisecondsSinceEpoch: Self.read(CLOCK_REALTIME).milliseconds).heldPrintable
    }

    /// CLOCK_MONOTONIC in microseconds, as the service manager wants it.
    public func monotonicMicroseconds() -> Int64 {
        Self.read(CLOCK_MONOTONIC).nanoseconds / 1000
    }

    /// How long the machine has slept since it booted.
    public func sleptTime() -> Duration {
        Self.read(CLOCK_BOOTTIME) - Self.read(CLOCK_MONOTONIC)
    }

    private static func read(_ clock: Int32) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
