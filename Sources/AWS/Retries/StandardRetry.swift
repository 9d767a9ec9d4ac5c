import ImportWatch

/// Whether and when a call is tried again, as AWS's SDKs do in their standard mode.
///
/// For calls that someone waits for; one value for each call. A call that ended begins anew with the next value.
struct StandardRetry: Hashable, Sendable {
    /// What went wrong with an attempt.
    enum Failure: Hashable, Sendable {
        /// Another attempt may succeed.
        case transient
        /// The service wants fewer requests.
        case throttling
        /// Another attempt would end the same way.
        case permanent
    }

    /// What to do after a failed attempt.
    enum Decision: Hashable, Sendable {
        /// Try again after this time.
        case retry(after: Duration)
        /// Give up: it is of no use.
        case permanent
        /// Give up: it was tried often enough.
        case attemptsExhausted
        /// Give up: too many calls fail. One that asks without end waits this long before it asks again.
        case quotaExhausted(backoff: Duration)
    }

    /// The numbers of the standard mode.
    struct Settings: Hashable, Sendable {
        /// Attempts in all, the first included.
        var maximumAttempts = 3
        /// The first delay's bound after a transient failure.
        var transientBase = Duration.milliseconds(50)
        /// The first delay's bound after throttling.
        var throttlingBase = Duration.seconds(1)
        /// The bound that no delay exceeds.
        var longestDelay = Duration.seconds(20)

        init() {}
    }

    private static let hintSlack = Duration.seconds(5)

    private let settings: Settings
    private var failures = 0
    private var lastCost: Int?

    init(settings: Settings = Settings()) {
        self.settings = settings
    }

    /// Decides what follows a failed attempt.
    ///
    /// The delay is `random × min(longest, base × 2^i)` with `i` the failures before this one; a hint from the service
    /// replaces it within [delay, delay + 5 s].
    ///
    /// - Parameter random: A number drawn evenly from 0 to 1.
    mutating func failed(
        _ failure: Failure,
        hint: Duration?,
        random: Double,
        quota: inout RetryQuota
    ) -> Decision {
        guard failure != .permanent else { return .permanent }
        failures += 1
        guard failures < settings.maximumAttempts else { return .attemptsExhausted }
        let delay = delay(after: failure, hint: hint, random: random)
        let cost = failure == .throttling ? RetryQuota.throttlingCost : RetryQuota.transientCost
        guard quota.take(cost) else { return .quotaExhausted(backoff: delay) }
        lastCost = cost
        return .retry(after: delay)
    }

    /// Notes that an attempt succeeded, which gives back what the last retry cost.
    func succeeded(quota: inout RetryQuota) {
        quota.giveBack(lastCost ?? RetryQuota.firstTryReward)
    }

    private func delay(after failure: Failure, hint: Duration?, random: Double) -> Duration {
        let base = failure == .throttling ? settings.throttlingBase : settings.transientBase
        let doubled = base * (1 << min(failures - 1, 20))
        let delay = min(doubled, settings.longestDelay) * min(max(random, 0), 1)
        guard let hint else { return delay }
        return min(max(hint, delay), delay + Self.hintSlack)
    }
}

/// What all calls to a service may spend on retries together, so that an outage isn't answered with more load.
struct RetryQuota: Hashable, Sendable {
    static let transientCost = 14
    static let throttlingCost = 5
    static let firstTryReward = 1

    /// The most that there is to spend.
    static let capacity = 500

    /// What is left.
    private(set) var tokens: Int

    init(tokens: Int = capacity) {
        self.tokens = min(max(0, tokens), Self.capacity)
    }

    mutating func take(_ cost: Int) -> Bool {
        guard tokens >= cost else { return false }
        tokens -= cost
        return true
    }

    mutating func giveBack(_ amount: Int) {
        tokens = min(tokens + amount, Self.capacity)
    }
}
