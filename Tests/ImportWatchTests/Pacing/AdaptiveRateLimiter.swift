import Glibc

/// The rate limiter of the AWS SDKs' adaptive retry mode, to compare ``RequestPacer`` with; the daemon doesn't have it.
///
/// Times are seconds, rates requests a second. Rules: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
struct AdaptiveRateLimiter {
    private(set) var cubic = CubicRate()
    private(set) var sending = SendingRate()
    private(set) var fillRate = 0.5
    private var capacity = 1.0
    private var tokens = 0.0
    private var isLimiting = false
    private var refilledAt: Double?

    mutating func nextSend(now: Double) -> Double {
        guard isLimiting else { return now }
        refill(now)
        return tokens >= 1 - 1e-9 ? now : now + (1 - tokens) / fillRate
    }

    mutating func take(now: Double) {
        guard isLimiting else { return }
        refill(now)
        tokens -= 1
    }

    mutating func answered(throttled: Bool, now: Double) {
        sending.count(now)
        let rate: Double
        if throttled {
            rate = cubic.throttled(at: now, sending: isLimiting ? min(sending.measured, fillRate) : sending.measured)
            isLimiting = true
        } else {
            rate = cubic.succeeded(at: now)
        }
        refill(now)
        let allowed = min(rate, 2 * sending.measured)
        fillRate = max(allowed, 0.5)
        capacity = max(allowed, 1)
        tokens = min(tokens, capacity)
    }

    private mutating func refill(_ now: Double) {
        if let refilledAt { tokens = min(capacity, tokens + max(0, now - refilledAt) * fillRate) }
        refilledAt = now
    }
}

/// The rate as CUBIC has it: beta 0.7, scale 0.4.
struct CubicRate {
    var lastMaximum = 0.0
    var throttledAt = 0.0

    mutating func throttled(at now: Double, sending rate: Double) -> Double {
        lastMaximum = rate
        throttledAt = now
        return rate * 0.7
    }

    func succeeded(at now: Double) -> Double {
        let window = cbrt(lastMaximum * (1 - 0.7) / 0.4)
        return 0.4 * pow(now - throttledAt - window, 3) + lastMaximum
    }
}

/// How many requests a second were sent: an average over buckets of half a second, smoothed with 0.8.
struct SendingRate {
    private(set) var measured = 0.0
    private var bucket = 0.0
    private var requests = 0.0

    mutating func count(_ now: Double) {
        let current = (now * 2).rounded(.down) / 2
        requests += 1
        guard current > bucket else { return }
        measured = requests / (current - bucket) * 0.8 + measured * 0.2
        requests = 0
        bucket = current
    }
}
