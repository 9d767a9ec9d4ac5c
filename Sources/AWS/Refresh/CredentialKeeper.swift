import ImportWatch

/// A source's credentials: which sign now, whether others are to be sought, and what people are told of it.
///
/// Searches are performed by others, one at a time: whoever is answered `searches` begins one, and hands what it brings
/// to ``found(_:now:using:)``.
struct CredentialKeeper: Sendable {
    /// What a caller who needs credentials does.
    enum Step: Hashable, Sendable {
        /// Sign with these.
        case use(Credentials, searches: Bool)
        /// Wait for the search that is under way, or begins now.
        case wait(searches: Bool)
        /// Do without: the last search found none, and it is too soon for another.
        case refuse(CredentialError)
    }

    /// What people are told about credentials that go on.
    enum Change: Hashable, Sendable {
        /// Searches begin to fail in a new way while those in hand can still be used.
        case notRenewed(CredentialError)
        /// A search succeeded after one whose failure was told so long before.
        case renewed(after: Duration)
    }

    /// The codes with which services refuse credentials that others can take the place of.
    private static let curableCodes: Set<String> = [
        "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId",
        "InvalidSignatureException", "InvalidToken", "SignatureDoesNotMatch", "TokenRefreshRequired",
        "UnrecognizedClientException",
    ]
    private static let nothingFound = CredentialError(
        provider: "credentials",
        reason: "found none in the environment, the shared config and credentials files, a container's agent and the "
            + "instance metadata; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile"
    )

    /// Why the last search failed; `nil` if it did not.
    private(set) var problem: CredentialError?
    private var policy = RefreshPolicy()
    private var told: (problem: CredentialError, since: WallTime)?
    /// The versions of the files when the last search began.
    private var seenFiles: [FileVersion?] = []
    private var filesSeenAt: WallTime?

    init() {}

    /// Takes over what another has in hand for the same identity, until a search, which begins now, ends.
    init(replacing other: CredentialKeeper) {
        policy = RefreshPolicy(replacing: other.policy)
        told = other.told
        policy.began()
    }

    /// What a caller does at `now`.
    ///
    /// - Parameter files: Tells the versions of the files that credentials come from; asked at most once a second.
    mutating func step(now: WallTime, files: () -> [FileVersion?]) -> Step {
        noticeChange(now: now, files)
        switch policy.step(now: now) {
        case .use(let credentials): return .use(credentials, searches: false)
        case .useAndRefresh(let credentials): return .use(credentials, searches: beginSearch())
        case .wait: return .wait(searches: beginSearch())
        case .refuse: return .refuse(problem ?? Self.nothingFound)
        }
    }

    private mutating func noticeChange(now: WallTime, _ files: () -> [FileVersion?]) {
        if let filesSeenAt, (.zero..<Duration.seconds(1)).contains(filesSeenAt.duration(to: now)) { return }
        filesSeenAt = now
        guard !policy.isFetching, !seenFiles.isEmpty, files() != seenFiles else { return }
        policy.sourceChanged()
    }

    /// Whether a search begins, because none is under way.
    private mutating func beginSearch() -> Bool {
        guard !policy.isFetching else { return false }
        policy.began()
        return true
    }

    // MARK: The end of a search

    /// Takes what a search brought, and answers what those who waited for it go on with.
    mutating func found(
        _ finding: CredentialFinding,
        now: WallTime,
        using generator: inout some RandomNumberGenerator
    ) -> (result: Result<Credentials, CredentialError>, change: Change?) {
        seenFiles = finding.files
        let random = Double.random(in: 0...1, using: &generator)
        let result = Self.usable(finding.credentials, now: now)
        if let credentials = try? finding.credentials.get(), (try? result.get()) != nil || credentials.mayOutliveExpiry
        {
            policy.refreshed(credentials, now: now, random: random)
        }
        switch result {
        case .success(let credentials):
            problem = nil
            defer { told = nil }
            return (.success(credentials), told.map { .renewed(after: max(.zero, $0.since.duration(to: now))) })
        case .failure(let error):
            problem = error
            guard let remaining = policy.failed(now: now, random: random) else {
                // Told by those who wait, as is its end.
                told = nil
                return (.failure(error), nil)
            }
            guard told.map({ !$0.problem.isSameTrouble(as: error) }) ?? true else { return (.success(remaining), nil) }
            told = (error, told?.since ?? now)
            return (.success(remaining), .notRenewed(error))
        }
    }

    /// What a search brought, if that can sign at `now`.
    static func usable(
        _ found: Result<Credentials?, CredentialError>,
        now: WallTime
    ) -> Result<Credentials, CredentialError> {
        found.flatMap { credentials in
            guard let credentials else { return .failure(nothingFound) }
            guard let expiry = credentials.expiresAt, expiry <= now else { return .success(credentials) }
            let reason = "gave credentials that have ended already"
            return .failure(CredentialError(provider: credentials.provider, reason: reason))
        }
    }

    // MARK: The service's verdict

    /// Notes that the service accepted a call that `credentials` signed.
    mutating func accepted(_ credentials: Credentials) {
        policy.accepted(credentials)
    }

    /// Notes that the service refused `credentials`; whether the call is worth repeating with those that come next.
    ///
    /// - Parameter code: The code with which it refused. What is about permissions is nothing that others would cure.
    mutating func rejected(
        _ credentials: Credentials,
        code: String,
        now: WallTime,
        using generator: inout some RandomNumberGenerator
    ) -> (isWorthRepeating: Bool, searches: Bool) {
        guard Self.curableCodes.contains(code),
            policy.rejected(credentials, now: now, random: Double.random(in: 0...1, using: &generator))
        else { return (false, false) }
        return (true, policy.step(now: now) == .wait && beginSearch())
    }
}
