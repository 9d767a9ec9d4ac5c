import Dispatch
import ImportWatch

/// The machine's clock, for what measures how long real work takes.
public enum MachineClock {
    /// The time now.
    public static func now() -> MonotonicInstant {
        MonotonicInstant(nanoseconds: Int64(DispatchTime.now().uptimeNanoseconds))
    }
}
