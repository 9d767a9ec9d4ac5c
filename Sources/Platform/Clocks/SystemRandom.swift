/// Randomness for jitter, not for secrets; the one place where the system's is read.
///
/// SplitMix64 (Steele, Lea, Flood 2014), seeded by the system: a system call for each number would cost more.
public struct SystemRandom: RandomNumberGenerator {
    private var state: UInt64

    /// Seeds it.
    public init() {
        var system = SystemRandomNumberGenerator()
        state = system.next()
    }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
