import ImportWatch

/// When credentials are replaced, and which are used meanwhile.
///
/// Fifteen minutes before temporary ones end, with jitter, others are fetched while the old ones go on; only in their
/// last minute callers wait for a fetch that is under way, and where it fails go on with the old ones until these end.
/// An EC2 instance's go on even then. Lifetimes under half an hour get proportionally shorter windows.
///
/// Legal transitions of the credentials in hand:
/// - good → outdated (others are fetched at once, callers wait) when their files changed, or at the first refusal after
///   an answer that the service accepted;
/// - outdated → good when a fetch brings any; back to good when it fails and only a file had changed;
/// - good or outdated → refused at a refusal that has no such answer before it: they go on as a probe, and others are
///   fetched with growing waits;
/// - refused → good when a fetch brings any, or the service accepts them after all.
///
/// A refusal of others than those in hand, or while a fetch is under way, says nothing that isn't known already.
struct RefreshPolicy: Sendable {
    /// What a caller who needs credentials does.
    enum Step: Hashable, Sendable {
        /// Use these.
        case use(Credentials)
        /// Use these, and fetch others for later.
        case useAndRefresh(Credentials)
        /// Wait for a fetch; start one unless one is under way.
        case wait
        /// Do without: there are none, and it is too soon to fetch again.
        case refuse
    }

    static let advisoryWindow = Duration.seconds(900)
    static let mandatoryWindow = Duration.seconds(60)
    private static let jitter = Duration.seconds(240)
    private static let retryDelay = Duration.seconds(60)
    private static let stableRetryDelay = Duration.seconds(300)
    /// The wait after the first fetch in vain, doubled by each further one.
    static let shortestBackoff = Duration.seconds(2)
    /// The longest wait after a fetch in vain.
    static let longestBackoff = Duration.seconds(60)
    /// So many refusals in a minute lead to a fetch at once, however often answers are accepted between.
    static let repetitionsPerMinute = 10

    private var current: Credentials?
    private var advisoryFrom: WallTime?
    private var mandatoryFrom: WallTime?
    private(set) var isFetching = false
    private var isOutdated = false
    private var isRefused = false
    private var mayRepeat = true
    private var repetitions: (since: WallTime, count: Int)?
    private var fetchesInVain = 0
    private var retry: (from: WallTime, delay: Duration)?

    init() {}

    /// Takes over what another has in hand, until a fetch from a source that may have changed ends.
    init(replacing other: RefreshPolicy) {
        self = other
        isFetching = false
        isOutdated = false
        fetchesInVain = 0
        retry = nil
    }

    /// The credentials in hand, whether they are still good or not.
    var credentials: Credentials? { current }

    /// What a caller does at `now`.
    func step(now: WallTime) -> Step {
        let isFetchDue = isFetching || isRetryDue(now: now)
        if isOutdated { return .wait }
        guard let current else { return isFetchDue ? .wait : .refuse }
        if isRefused { return isFetchDue ? .wait : .use(current) }
        let isEnding = advisoryFrom.map { $0 <= now } ?? false
        if let expiry = current.expiresAt, let mandatoryFrom, mandatoryFrom <= now {
            if now < expiry || current.mayOutliveExpiry { return isFetchDue ? .wait : .use(current) }
            return isFetchDue ? .wait : .refuse
        }
        // A retry is planned also where a fetch failed that had another reason than the end.
        guard isEnding || retry != nil, !isFetching, isRetryDue(now: now) else { return .use(current) }
        return .useAndRefresh(current)
    }

    // MARK: Fetching

    /// Notes that a fetch began.
    mutating func began() {
        isFetching = true
    }

    /// Notes that a fetch brought credentials.
    ///
    /// - Parameter random: A number drawn evenly from 0 to 1, by which the next fetch is put off.
    mutating func refreshed(_ credentials: Credentials, now: WallTime, random: Double) {
        isFetching = false
        isOutdated = false
        isRefused = false
        retry = nil
        if credentials == current, credentials.expiresAt != nil {
            // Nothing newer to be had yet, although these are ending.
            if let advisoryFrom, advisoryFrom <= now { retry = (now, delay(Self.retryDelay, random, before: now)) }
            return
        }
        current = credentials
        advisoryFrom = nil
        mandatoryFrom = nil
        guard let expiry = credentials.expiresAt else { return }
        let lifetime = max(.zero, now.duration(to: expiry))
        let advisory = min(Self.advisoryWindow, lifetime / 2)
        let mandatory = min(Self.mandatoryWindow, lifetime / 3)
        let jitter = min(Self.jitter, (advisory - mandatory) * 4 / 5) * min(max(random, 0), 1)
        advisoryFrom = expiry.advanced(by: .zero - advisory + jitter)
        mandatoryFrom = expiry.advanced(by: .zero - mandatory)
        if lifetime < .seconds(2) { retry = (now, .seconds(1)) }
    }

    /// Notes that a fetch failed, and returns the credentials to go on with, if there are any.
    ///
    /// - Parameter random: A number drawn evenly from 0 to 1, by which the next fetch is put off.
    mutating func failed(now: WallTime, random: Double) -> Credentials? {
        isFetching = false
        isOutdated = false
        guard let current, !isRefused, current.mayOutliveExpiry || !hasEnded(now: now) else {
            backOff(now: now, random: random)
            return nil
        }
        let shortest = hasEnded(now: now) ? Self.stableRetryDelay : Self.retryDelay
        retry = (now, delay(shortest, random, before: now))
        return current
    }

    /// Notes that the files changed that credentials come from.
    mutating func sourceChanged() {
        isOutdated = true
        fetchesInVain = 0
    }

    // MARK: The service's verdict

    /// Notes that the service accepted a call that `credentials` signed.
    mutating func accepted(_ credentials: Credentials) {
        guard credentials == current, !isOutdated else { return }
        mayRepeat = true
        fetchesInVain = 0
        guard isRefused, !isFetching else { return }
        isRefused = false
        retry = nil
    }

    /// Notes that the service refused `credentials`; whether the call is worth repeating with those that come next.
    ///
    /// Where it is not, the refusal stands, and is to be told.
    ///
    /// - Parameter random: A number drawn evenly from 0 to 1, by which the next fetch is put off.
    mutating func rejected(_ credentials: Credentials, now: WallTime, random: Double) -> Bool {
        guard credentials == current else { return true }
        if isFetching || isOutdated {
            isOutdated = true
            isRefused = true
            return true
        }
        if mayRepeat, takeRepetition(now: now) {
            mayRepeat = false
            isOutdated = true
            isRefused = true
            return true
        }
        if !isRefused || retry == nil { backOff(now: now, random: random) }
        isRefused = true
        return false
    }

    private mutating func takeRepetition(now: WallTime) -> Bool {
        if let window = repetitions, (.zero..<Duration.seconds(60)).contains(window.since.duration(to: now)) {
            guard window.count < Self.repetitionsPerMinute else { return false }
            repetitions?.count += 1
        } else {
            repetitions = (now, 1)
        }
        return true
    }

    // MARK: Waits

    private func hasEnded(now: WallTime) -> Bool {
        current?.expiresAt.map { $0 <= now } ?? false
    }

    /// A wait from `shortest` to its double, which doesn't go beyond the end of the credentials in hand.
    private func delay(_ shortest: Duration, _ random: Double, before now: WallTime) -> Duration {
        let delay = shortest + shortest * min(max(random, 0), 1)
        guard let expiry = current?.expiresAt, now < expiry else { return delay }
        return min(delay, now.duration(to: expiry))
    }

    /// Plans the next fetch after one in vain: half of a bound to all of it, which doubles.
    private mutating func backOff(now: WallTime, random: Double) {
        let bound = min(Self.longestBackoff, Self.shortestBackoff * (1 << min(fetchesInVain, 10)))
        fetchesInVain += 1
        retry = (now, bound / 2 + bound / 2 * min(max(random, 0), 1))
    }

    /// Whether enough time passed since a fetch failed; a clock that was set back doesn't prolong the wait.
    private func isRetryDue(now: WallTime) -> Bool {
        guard let retry else { return true }
        let waited = retry.from.duration(to: now)
        return waited < .zero || waited >= retry.delay
    }
}
