/// Decides when a source may be asked at all, and what results mean for that: its budget, its health, and how many
/// polls may be under way.
struct SourceGate: Sendable {
    /// The most polls under way at once; a service that hangs must not pile up connections.
    private static let maximumUnderWay = 64

    private(set) var pacer: RequestPacer
    private(set) var health: SourceHealth
    private var throttling = ThrottleTale()
    private let entries: SourceEntries

    init(entries: SourceEntries, settings: PollingSettings, now: MonotonicInstant) {
        self.entries = entries
        pacer = RequestPacer(rate: settings.requestsPerSecond, now: now)
        health = SourceHealth(backoff: settings.backoff, now: now)
    }

    /// When a poll that is due at `due` can go out; `nil` where first one that is under way must end.
    func opening(for due: MonotonicInstant, underWay: Int, now: MonotonicInstant) -> MonotonicInstant? {
        guard underWay < (health.isProbing ? 1 : Self.maximumUnderWay) else { return nil }
        let gate = health.isProbing ? max(due, health.nextProbe) : due
        return max(gate, pacer.nextToken(now: max(now, gate)))
    }

    /// Takes the token for one request; false when it is too early.
    mutating func takeToken(now: MonotonicInstant) -> Bool {
        pacer.take(now: now)
    }

    /// Empties the budget after a pause that the clock did not count.
    mutating func resumed(now: MonotonicInstant) {
        pacer.empty(now: now)
    }

    mutating func setSettings(_ settings: PollingSettings, now: MonotonicInstant) {
        pacer.setRate(settings.requestsPerSecond, now: now)
        health.setBackoff(settings.backoff)
    }

    /// Lets a probe go out at once: something changed that may have been the trouble.
    mutating func probe(now: MonotonicInstant) {
        health.probe(at: now)
    }

    /// Takes a poll's result; answers what is to be said of the source.
    mutating func note(
        _ result: PollResult,
        sentAt: MonotonicInstant,
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) -> [JournalEntry] {
        switch result {
        case .answered, .jobRefused:
            pacer.succeeded(now: now)
            let changes = health.answered(now: now)
            let isOver = throttling.answered(atFullPace: !pacer.isThrottled, now: now)
            return (isOver ? [entries.atFullPace(rate: pacer.rate)] : []) + changes.map(entries.changed)
        case .throttled(let problem, let retryAfter):
            pacer.throttled(sentAt: sentAt, retryAfter: retryAfter, now: now)
            let isNews = throttling.throttled(now: now)
            let told = isNews ? [entries.throttled(problem, pacer: pacer)] : []
            return told + health.throttled(problem, now: now).map(entries.changed)
        case .credentialsRefused(let problem):
            return health.credentialsRefused(problem, now: now, using: &generator).map(entries.changed)
        case .unavailable(let problem, let retryAfter):
            if let retryAfter { pacer.pause(retryAfter, now: now) }
            return health.failed(problem, now: now, using: &generator).map(entries.changed)
        }
    }
}

/// Tells throttling once, and its end once the source has been at full pace for a while.
///
/// Legal transitions: calm → told, at the first throttle; told → calm, by an answer at full pace when the last throttle is
/// ``calm`` ago.
private struct ThrottleTale: Sendable {
    private static let calm = Duration.seconds(300)

    /// When the service last throttled, while that is told.
    private var lastThrottle: MonotonicInstant?

    /// Whether it is to be told that the service throttles.
    mutating func throttled(now: MonotonicInstant) -> Bool {
        defer { lastThrottle = now }
        return lastThrottle == nil
    }

    /// Whether it is to be told that throttling is over.
    mutating func answered(atFullPace: Bool, now: MonotonicInstant) -> Bool {
        guard atFullPace, let last = lastThrottle, last.duration(to: now) >= Self.calm else { return false }
        lastThrottle = nil
        return true
    }
}
