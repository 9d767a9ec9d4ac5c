import ImportWatch

/// Decides for one source with what its polls are signed, and whether an answer stands or is about the signature.
///
/// It sends nothing and looks for nothing itself: ``Orders`` say what is to be done.
///
/// Legal transitions: polling → awaiting credentials, when a poll is due and there is nothing to sign with; back to
/// polling when the search ends, or with a reload. The jobs stay due meanwhile and take no tokens, so that what leaves
/// after it is what the schedule and the budget let through then, however long the wait was.
public struct SignedPoller: Sendable {
    /// A poll that is to be sent, or is under way, and with what it is signed.
    public struct Poll: Sendable {
        /// The job to ask about.
        public let ticket: PollTicket
        /// What signs it.
        public let credentials: Credentials
        /// The service's time, as far as it is known, for the signature.
        public let time: WallTime
        fileprivate let revision: Int
    }

    /// What is to be done.
    public struct Orders: Sendable {
        /// Polls to send; the result of each goes to ``SignedPoller/handle(_:of:to:now:wall:using:)``.
        public var polls: [Poll] = []
        /// A search for credentials that is to begin, in place of any before it; what it brings goes, with this number,
        /// to ``SignedPoller/found(_:bySearch:now:wall:using:)``.
        public var search: Int?
        /// What has changed.
        public var actions: [JobPoller.Action] = []
    }

    /// How often it is looked whether there are other credentials, while jobs are not found that are asked about seldom.
    private static let lookInterval = Duration.seconds(10)

    /// Which job is polled when.
    public var poller: JobPoller
    /// What became of the polls.
    public private(set) var statistics = PollStatistics()
    /// How far the service's clock is from this machine's.
    public private(set) var skew = ClockSkew()
    /// The credentials that signed the last poll.
    public private(set) var signingCredentials: Credentials?
    /// Why credentials could not be had when they were last looked for; `nil` where they could.
    public var credentialProblem: CredentialError? { credentials.problem }

    private var credentials = CredentialKeeper()
    /// The number of the last search.
    private var search = 0
    /// Since when polls wait for credentials.
    private var awaitingSince: MonotonicInstant?
    private var nextLook: MonotonicInstant?

    /// Makes the poller of a source that has no credentials yet.
    public init(_ poller: JobPoller) {
        self.poller = poller
    }

    /// Takes another configuration, or the same: a reload is also how people have changed credentials taken up.
    ///
    /// - Parameters:
    ///   - isSameEndpoint: Whether the service is reached where it was before.
    ///   - isSameIdentity: Whether the credentials are those of the same profile and role; another's are not used on.
    public mutating func reloaded(
        _ settings: PollingSettings,
        isSameEndpoint: Bool,
        isSameIdentity: Bool,
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) -> Orders {
        if !isSameEndpoint { skew = ClockSkew() }
        awaitingSince = nil
        // Whatever a search from before brings is ignored.
        search += 1
        credentials = isSameIdentity ? CredentialKeeper(replacing: credentials) : CredentialKeeper()
        poller.setSettings(settings, now: now)
        poller.reloaded(mayBeOtherAccount: !(isSameEndpoint && isSameIdentity), now: now, using: &generator)
        return Orders(search: isSameIdentity ? search : nil)
    }

    // MARK: Polling

    /// Hands out the polls that are due, or has credentials sought for them.
    ///
    /// - Parameter files: Tells the versions of the files that credentials come from; asked at most once a second.
    public mutating func turn(
        now: MonotonicInstant,
        wall: WallTime,
        files: () -> [FileVersion?],
        using generator: inout some RandomNumberGenerator
    ) -> Orders {
        var orders = Orders()
        planLook(now: now)
        guard awaitingSince == nil, poller.isPollDue(now: now) || nextLook.map({ $0 <= now }) == true
        else { return orders }
        nextLook = nil
        switch credentials.step(now: wall, files: files) {
        case .use(let usable, let searches):
            if searches { beginSearch(&orders) }
            sendDuePolls(signedWith: usable, now: now, wall: wall, using: &generator, &orders)
            planLook(now: now)
        case .wait(let searches):
            if searches { beginSearch(&orders) }
            awaitingSince = now
        case .refuse(let error):
            couldNotAsk(error, since: now, now: now, wall: wall, using: &generator, &orders)
        }
        return orders
    }

    /// When ``turn(now:wall:files:using:)`` is to be called next; `nil` when only a result or a change can bring a poll about.
    public mutating func nextTurn(now: MonotonicInstant) -> MonotonicInstant? {
        guard awaitingSince == nil else { return nil }
        return [poller.nextPoll(now: now), nextLook].compactMap { $0 }.min()
    }

    private mutating func planLook(now: MonotonicInstant) {
        guard poller.hasMissingJobs else {
            nextLook = nil
            return
        }
        nextLook = nextLook ?? now.advanced(by: Self.lookInterval)
    }

    private mutating func sendDuePolls(
        signedWith credentials: Credentials,
        now: MonotonicInstant,
        wall: WallTime,
        using generator: inout some RandomNumberGenerator,
        _ orders: inout Orders
    ) {
        if let before = signingCredentials, before.accessKeyID != credentials.accessKeyID {
            // Other keys may be another account's, which knows what the one before did not.
            poller.askForMissingJobs(now: now, using: &generator)
        }
        let time = skew.serviceTime(now: wall)
        orders.polls = poller.duePolls(now: now).map {
            Poll(ticket: $0, credentials: credentials, time: time, revision: skew.revision)
        }
        if !orders.polls.isEmpty { signingCredentials = credentials }
    }

    // MARK: Answers

    /// Takes the result of a poll.
    ///
    /// - Parameter response: The answer that the result was read from; `nil` where none came.
    public mutating func handle(
        _ result: PollResult,
        of response: HTTPResponse?,
        to poll: Poll,
        now: MonotonicInstant,
        wall: WallTime,
        using generator: inout some RandomNumberGenerator
    ) -> Orders {
        var orders = Orders()
        if let response, isCured(response, result, poll, wall: wall, using: &generator, &orders) {
            poller.takeBack(poll.ticket, now: now)
            return orders
        }
        statistics.note(result, took: poll.ticket.sentAt.duration(to: now), at: wall)
        orders.actions += poller.handle(
            result,
            for: poll.ticket,
            now: now,
            wall: wall,
            serviceIsAhead: skew.offset,
            using: &generator
        )
        return orders
    }

    /// Whether a refusal was about the clock or outdated credentials, which the next poll does better.
    private mutating func isCured(
        _ response: HTTPResponse,
        _ result: PollResult,
        _ poll: Poll,
        wall: WallTime,
        using generator: inout some RandomNumberGenerator,
        _ orders: inout Orders
    ) -> Bool {
        switch result {
        case .answered, .jobRefused:
            credentials.accepted(poll.credentials)
            _ = learn(from: response, .accepted, poll, wall: wall, &orders)
            return false
        case .credentialsRefused(let problem):
            if learn(from: response, .refused(code: problem.code), poll, wall: wall, &orders) { return true }
            let verdict = credentials.rejected(poll.credentials, code: problem.code, now: wall, using: &generator)
            if verdict.searches { beginSearch(&orders) }
            return verdict.isWorthRepeating
        case .throttled, .unavailable: return false
        }
    }

    private mutating func learn(
        from response: HTTPResponse,
        _ verdict: ClockSkew.Verdict,
        _ poll: Poll,
        wall: WallTime,
        _ orders: inout Orders
    ) -> Bool {
        let lesson = skew.learn(from: response, verdict, signedUnder: poll.revision, now: wall)
        switch lesson.change {
        case nil: break
        case .differs: orders.actions.append(.report(entries.clockDiffers(by: skew.offset)))
        case .agrees: orders.actions.append(.report(entries.clockAgrees()))
        }
        return lesson.isWorthRepeating
    }

    // MARK: Credentials

    private mutating func beginSearch(_ orders: inout Orders) {
        search += 1
        orders.search = search
    }

    /// Whether polls wait for a search to end.
    public var isAwaitingCredentials: Bool { awaitingSince != nil }

    /// Takes what a search brought; that of another search than the last is ignored.
    public mutating func found(
        _ finding: CredentialFinding,
        bySearch number: Int,
        now: MonotonicInstant,
        wall: WallTime,
        using generator: inout some RandomNumberGenerator
    ) -> Orders {
        var orders = Orders()
        guard number == search else { return orders }
        if let notice = finding.notice { orders.actions.append(.report(entries.credentialsNotice(notice))) }
        let (result, change) = credentials.found(finding, now: wall, using: &generator)
        switch change {
        case nil: break
        case .notRenewed(let error):
            orders.actions.append(.report(entries.credentialsNotRenewed(error.description)))
        case .renewed(let time): orders.actions.append(.report(entries.credentialsRenewed(after: time)))
        }
        guard let since = awaitingSince else { return orders }
        awaitingSince = nil
        switch result {
        case .success(let credentials):
            sendDuePolls(signedWith: credentials, now: now, wall: wall, using: &generator, &orders)
        case .failure(let error):
            couldNotAsk(error, since: since, now: now, wall: wall, using: &generator, &orders)
        }
        return orders
    }

    private mutating func couldNotAsk(
        _ error: CredentialError,
        since: MonotonicInstant,
        now: MonotonicInstant,
        wall: WallTime,
        using generator: inout some RandomNumberGenerator,
        _ orders: inout Orders
    ) {
        let problem = ServiceProblem(code: ServiceProblem.noCredentials, message: error.description)
        statistics.note(.credentialsRefused(problem), took: since.duration(to: now), at: wall)
        orders.actions += poller.couldNotAsk(problem, now: now, wall: wall, using: &generator)
    }

    private var entries: SourceEntries { SourceEntries(poller.source, poller.region) }
}

extension ServiceProblem {
    /// The code of a poll that was not sent because there were no credentials to sign it with.
    public static let noCredentials = "CredentialError"
}
