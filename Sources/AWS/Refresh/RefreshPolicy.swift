import ImportWatch

/// When temporary credentials are replaced, and which are used meanwhile.
///
/// Fifteen minutes before they end, with jitter, others are fetched while the old ones go on (a failure is tolerated); in
/// the last ten minutes callers wait for them, and only where that fails go on with the old ones until these end. An EC2
/// instance's go on even then. Lifetimes under half an hour get proportionally shorter windows.
public struct RefreshPolicy: Sendable {
    /// What a caller who needs credentials does.
    public enum Step: Hashable, Sendable {
        /// Use these.
        case use(Credentials)
        /// Use these, and fetch others for later.
        case useAndRefresh(Credentials)
        /// Wait for a fetch; start one unless one is under way.
        case wait
    }

    static let advisoryWindow = Duration.seconds(900)
    static let mandatoryWindow = Duration.seconds(600)
    private static let jitter = Duration.seconds(240)
    private static let retryDelay = Duration.seconds(60)
    private static let stableRetryDelay = Duration.seconds(300)

    private var current: Credentials?
    private var advisoryFrom: WallTime?
    private var mandatoryFrom: WallTime?
    private var isStale = false
    private var fruitlessFor: Credentials?
    private var mayRepeat = true
    private var retry: (from: WallTime, delay: Duration)?

    /// Makes the policy of a source that has no credentials yet.
    public init() {}

    /// The credentials in hand, whether they are still good or not.
    public var credentials: Credentials? { current }

    /// What a caller does at `now`.
    public func step(now: WallTime) -> Step {
        guard let current, !isStale else { return .wait }
        guard let expiry = current.expiresAt, let advisoryFrom, let mandatoryFrom else { return .use(current) }
        if now < advisoryFrom { return .use(current) }
        let isRetryDue = isRetryDue(now: now)
        if now < mandatoryFrom { return isRetryDue ? .useAndRefresh(current) : .use(current) }
        if now < expiry || current.mayOutliveExpiry { return isRetryDue ? .wait : .use(current) }
        return .wait
    }

    /// Notes that a fetch brought credentials.
    ///
    /// - Parameter random: A number drawn evenly from 0 to 1, by which the next fetch is put off.
    public mutating func refreshed(_ credentials: Credentials, now: WallTime, random: Double) {
        if current != credentials { fruitlessFor = nil }
        current = credentials
        isStale = false
        retry = nil
        advisoryFrom = nil
        mandatoryFrom = nil
        guard let expiry = credentials.expiresAt else { return }
        let lifetime = max(.zero, now.duration(to: expiry))
        let advisory = min(Self.advisoryWindow, lifetime / 2)
        let mandatory = min(Self.mandatoryWindow, lifetime / 3)
        let jitter = min(Self.jitter, (advisory - mandatory) * 4 / 5) * min(max(random, 0), 1)
        advisoryFrom = expiry.advanced(by: .zero - advisory + jitter)
        mandatoryFrom = expiry.advanced(by: .zero - mandatory)
    }

    /// Notes that a fetch failed, and returns the credentials to go on with, if there are any.
    ///
    /// - Parameter random: A number drawn evenly from 0 to 1, by which the next fetch is put off.
    public mutating func failed(now: WallTime, random: Double) -> Credentials? {
        guard let current, fruitlessFor != current else { return nil }
        let isOver = current.expiresAt.map { $0 <= now } ?? false
        guard !isOver || current.mayOutliveExpiry else { return nil }
        let shortest = isOver ? Self.stableRetryDelay : Self.retryDelay
        retry = (now, shortest + shortest * min(max(random, 0), 1))
        isStale = false
        return current
    }

    /// Notes that the service refused `credentials`, and says whether a call with others is worth trying at once.
    ///
    /// Others are fetched in any case; but where those turn out to be the same, or are refused as well before any were
    /// accepted, the refusal stands.
    public mutating func rejected(_ credentials: Credentials) -> Bool {
        guard credentials == current else { return true }
        isStale = true
        let isFirst = fruitlessFor != credentials && mayRepeat
        fruitlessFor = credentials
        mayRepeat = false
        return isFirst
    }

    /// Notes that the service accepted credentials.
    public mutating func accepted() {
        mayRepeat = true
    }

    /// Notes that the files changed that credentials come from.
    public mutating func sourceChanged() {
        isStale = true
        mayRepeat = true
    }

    /// Whether enough time passed since a fetch failed; a clock that was set back doesn't prolong the wait.
    private func isRetryDue(now: WallTime) -> Bool {
        guard let retry else { return true }
        let waited = retry.from.duration(to: now)
        return waited < .zero || waited >= retry.delay
    }
}
