/// Spends a source's request budget: a token bucket whose pace falls when the service throttles and rises with success.
///
/// Promise: at most `rate × w + capacity` requests in any window of w seconds, whatever the service answers, because
/// the bucket holds at most `capacity` tokens and refills at no more than `rate`.
///
/// The pace rises with the time that the service let requests pass, not only with their number: at a low pace successes
/// are so rare that counting them alone would leave it low for many minutes after one busy moment of another caller.
public struct RequestPacer: Sendable {
    /// The pace is never lowered below the rate divided by this.
    static let floorDivisor = 64.0
    /// What a throttle leaves of the pace.
    static let decrease = 0.7
    /// The least that a success adds to the pace, as a part of the rate.
    static let increase = 1.0 / 32
    /// The time without throttling that raises the pace by the whole rate.
    static let recovery = Duration.seconds(60)
    /// The longest wait that a server's hint can bring about.
    static let longestHint = Duration.seconds(3600)

    /// The budget in requests a second.
    public private(set) var rate: Double
    /// The pace in force, between rate/64 and the rate, in requests a second.
    public private(set) var pace: Double
    private var tokens = 0.0
    private var refilledAt: MonotonicInstant
    private var loweredAt: MonotonicInstant?
    private var changedAt: MonotonicInstant
    private var notBefore: MonotonicInstant

    /// The most tokens the bucket holds: one second's budget, and at least one request.
    public var capacity: Double { max(1, rate) }

    /// Whether the service's throttling holds the pace below the rate.
    public var isThrottled: Bool { pace < rate }

    /// Makes a pacer with an empty bucket.
    ///
    /// - Parameter rate: Requests a second; above 0.
    public init(rate: Double, now: MonotonicInstant) {
        self.rate = rate
        pace = rate
        refilledAt = now
        changedAt = now
        notBefore = now
    }

    /// Takes the token for one request; false when it is too early.
    public mutating func take(now: MonotonicInstant) -> Bool {
        refill(now: now)
        guard now >= notBefore, tokens >= 1 else { return false }
        tokens -= 1
        return true
    }

    /// The earliest time at which ``take(now:)`` can succeed.
    public func nextToken(now: MonotonicInstant) -> MonotonicInstant {
        let missing = 1 - min(capacity, tokens + accrued(until: now))
        let wait = missing <= 0 ? 0 : (missing / pace * 1e9).rounded(.up)
        return max(notBefore, now.advanced(by: .nanoseconds(Int64(min(wait, 9e18)))))
    }

    /// Slows down: the service throttled a request that was sent at `sentAt`.
    ///
    /// Requests that were under way when the pace was lowered tell nothing about the new pace and do not lower it again.
    ///
    /// - Parameter retryAfter: The server's hint how long to wait, if it gave one.
    public mutating func throttled(sentAt: MonotonicInstant, retryAfter: Duration?, now: MonotonicInstant) {
        refill(now: now)
        tokens = 0
        if let retryAfter { pause(retryAfter, now: now) }
        if let loweredAt, sentAt < loweredAt { return }
        pace = max(rate / Self.floorDivisor, pace * Self.decrease)
        loweredAt = now
        changedAt = now
    }

    /// Sends nothing for the time that the server asked for, an hour at most.
    public mutating func pause(_ hint: Duration, now: MonotonicInstant) {
        notBefore = max(notBefore, now.advanced(by: min(max(hint, .zero), Self.longestHint)))
    }

    /// Speeds up by a step, to the full rate at most: the service answered a request.
    public mutating func succeeded(now: MonotonicInstant) {
        guard pace < rate else { return }
        refill(now: now)
        let elapsed = changedAt.duration(to: now) / Self.recovery
        pace = min(rate, pace + rate * max(Self.increase, elapsed))
        changedAt = max(changedAt, now)
    }

    /// Empties the bucket, so that no burst follows a pause that the clock did not count.
    public mutating func empty(now: MonotonicInstant) {
        tokens = 0
        refilledAt = max(refilledAt, now)
    }

    /// Takes a new budget in force; the pace keeps its proportion to it.
    public mutating func setRate(_ newRate: Double, now: MonotonicInstant) {
        guard newRate != rate else { return }
        refill(now: now)
        pace = newRate * min(1, pace / rate)
        rate = newRate
        tokens = min(tokens, capacity)
    }

    private func accrued(until now: MonotonicInstant) -> Double {
        now > refilledAt ? refilledAt.duration(to: now).seconds * pace : 0
    }

    private mutating func refill(now: MonotonicInstant) {
        guard now > refilledAt else { return }
        tokens = min(capacity, tokens + accrued(until: now))
        refilledAt = now
    }
}
