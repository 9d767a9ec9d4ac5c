import ImportWatch

/// Keeps a source's credentials fresh: one fetch at a time, for which callers wait only where they must.
@MainActor
public final class CredentialSource {
    /// Called when fetching credentials begins to fail in a new way while others can still be used.
    public var onProblem: (CredentialError) -> Void = { _ in }
    /// Called when a fetch succeeds after one whose failure was told, with the time between.
    public var onRenewed: (Duration) -> Void = { _ in }
    /// Called with something that people should know about credentials that are good, in one line.
    public var onNotice: (String) -> Void = { _ in }
    /// Why the last fetch failed; `nil` if it did not.
    public private(set) var problem: CredentialError?

    private let provider: any CredentialProvider
    private let ports: AWSPorts
    private let shared: SharedFiles
    private var policy = RefreshPolicy()
    private var waiting: [@MainActor (Result<Credentials, CredentialError>) -> Void] = []
    private var fetching: Task<Void, Never>?
    private var told: (problem: CredentialError, since: WallTime)?
    private var isAbandoned = false
    private var seenVersions: [FileVersion?] = []
    private var checkedAt: WallTime?

    /// Makes a source over a provider; changes of the shared config and credentials files are noticed.
    public init(provider: any CredentialProvider, ports: AWSPorts) {
        self.provider = provider
        self.ports = ports
        shared = SharedFiles(environment: ports.environment, files: ports.files)
    }

    /// Takes the place of a source for the same identity.
    ///
    /// Uses its credentials until the own provider, which is asked at once, answers. The other's fetch is abandoned, and
    /// those that wait there hear nothing any more.
    public func replace(_ other: CredentialSource) {
        policy = RefreshPolicy(replacing: other.policy)
        told = other.told
        other.abandon()
        fetch()
    }

    /// Gives up a fetch that is under way, and whatever was to come of it.
    public func abandon() {
        isAbandoned = true
        fetching?.cancel()
        fetching = nil
        waiting = []
    }

    /// The credentials to sign with now, without waiting; `nil` where the caller has to ask for them.
    public func usable() -> Credentials? {
        noticeChangedFiles()
        switch policy.step(now: ports.wallTime()) {
        case .use(let credentials): return credentials
        case .useAndRefresh(let credentials):
            fetch()
            return credentials
        case .wait, .refuse: return nil
        }
    }

    /// Calls `completion` once: with credentials to sign with, at once where there are some, otherwise after a fetch; or
    /// with why there are none, at once where it is too soon to look again.
    public func credentials(completion: @escaping @MainActor (Result<Credentials, CredentialError>) -> Void) {
        if let credentials = usable() { return completion(.success(credentials)) }
        if policy.step(now: ports.wallTime()) == .refuse { return completion(.failure(problem ?? Self.nothingFound)) }
        waiting.append(completion)
        fetch()
    }

    /// The codes with which services refuse credentials that others can take the place of.
    private static let curableCodes: Set<String> = [
        "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId",
        "InvalidSignatureException", "InvalidToken", "SignatureDoesNotMatch", "TokenRefreshRequired",
        "UnrecognizedClientException",
    ]

    /// Notes that the service accepted a call that `credentials` signed.
    public func accepted(_ credentials: Credentials) {
        policy.accepted(credentials)
    }

    /// Notes that the service refused `credentials`; whether the call is worth repeating with those that come next.
    ///
    /// - Parameter code: The code with which it refused. What is about permissions is nothing that others would cure.
    public func rejected(_ credentials: Credentials, code: String) -> Bool {
        let now = ports.wallTime()
        guard Self.curableCodes.contains(code), policy.rejected(credentials, now: now, random: ports.draw())
        else { return false }
        if policy.step(now: now) == .wait { fetch() }
        return true
    }

    // MARK: Fetching

    private func fetch() {
        guard fetching == nil, !isAbandoned else { return }
        policy.began()
        seenVersions = shared.versions()
        fetching = Task { @MainActor in
            do throws(CredentialError) {
                let found = try await provider.credentials()
                if !isAbandoned { finish(found) }
            } catch {
                if !isAbandoned { fail(error) }
            }
        }
    }

    private func finish(_ credentials: Credentials?) {
        guard let credentials else { return fail(Self.nothingFound) }
        let now = ports.wallTime()
        if let words = ports.ssoTokens.takeNotice() { onNotice(words) }
        guard let expiry = credentials.expiresAt, expiry <= now else {
            policy.refreshed(credentials, now: now, random: ports.draw())
            problem = nil
            if let told {
                self.told = nil
                onRenewed(max(.zero, told.since.duration(to: now)))
            }
            return answer(.success(credentials))
        }
        let error = CredentialError(provider: credentials.provider, reason: "gave credentials that have ended already")
        guard credentials.mayOutliveExpiry else { return fail(error) }
        policy.refreshed(credentials, now: now, random: ports.draw())
        fail(error)
    }

    private func fail(_ error: CredentialError) {
        let now = ports.wallTime()
        let remaining = policy.failed(now: now, random: ports.draw())
        problem = error
        if remaining == nil {
            // Told by those who wait, as is its end.
            told = nil
        } else if told.map({ !$0.problem.isSameTrouble(as: error) }) ?? true {
            told = (error, told?.since ?? now)
            onProblem(error)
        }
        answer(remaining.map(Result.success) ?? .failure(error))
    }

    private func answer(_ result: Result<Credentials, CredentialError>) {
        fetching = nil
        let completions = waiting
        waiting = []
        for completion in completions { completion(result) }
    }

    // MARK: Changed files

    private func noticeChangedFiles() {
        let now = ports.wallTime()
        if let checkedAt, (.zero..<Duration.seconds(1)).contains(checkedAt.duration(to: now)) { return }
        checkedAt = now
        guard fetching == nil, !seenVersions.isEmpty, shared.versions() != seenVersions else { return }
        policy.sourceChanged()
    }

    private static let nothingFound = CredentialError(
        provider: "credentials",
        reason: "found none in the environment, the shared config and credentials files, a container's agent and the "
            + "instance metadata; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile"
    )
}
