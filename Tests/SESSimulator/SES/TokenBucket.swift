/// A service's request limit: tokens that refill at a rate.
struct TokenBucket: Sendable {
    private let rate: Double
    private let burst: Double
    private var tokens: Double
    private var refilledAt: Double

    init(rate: Double, burst: Double, now: Double) {
        self.rate = rate
        self.burst = burst
        tokens = burst
        refilledAt = now
    }

    /// Takes a token; false when there is none.
    mutating func take(now: Double) -> Bool {
        tokens = min(burst, tokens + max(0, now - refilledAt) * rate)
        refilledAt = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
