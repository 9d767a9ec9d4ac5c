import ImportWatch

/// Keeps a source's credentials fresh: one fetch at a time, for which callers wait only where they must.
@MainActor
public final class CredentialSource {
    /// Called when fetching credentials begins to fail in a new way while others can still be used.
    public var onProblem: (CredentialError) -> Void = { _ in }
    /// Why the last fetch failed; `nil` if it did not.
    public private(set) var problem: CredentialError?

    private let provider: any CredentialProvider
    private let ports: AWSPorts
    private let shared: SharedFiles
    private var policy = RefreshPolicy()
    private var waiting: [@MainActor (Result<Credentials, CredentialError>) -> Void] = []
    private var isFetching = false
    private var seenVersions: [FileVersion?] = []
    private var checkedAt: WallTime?

    /// Makes a source over a provider; changes of the shared config and credentials files are noticed.
    public init(provider: any CredentialProvider, ports: AWSPorts) {
        self.provider = provider
        self.ports = ports
        shared = SharedFiles(environment: ports.environment, files: ports.files)
    }

    /// The credentials to sign with now, without waiting; `nil` where the caller has to ask for them.
    public func usable() -> Credentials? {
        noticeChangedFiles()
        switch policy.step(now: ports.wallTime()) {
        case .use(let credentials): return credentials
        case .useAndRefresh(let credentials):
            fetch()
            return credentials
        case .wait: return nil
        }
    }

    /// Calls `completion` once with credentials to sign with: at once where there are some, otherwise after a fetch.
    public func credentials(completion: @escaping @MainActor (Result<Credentials, CredentialError>) -> Void) {
        if let credentials = usable() { return completion(.success(credentials)) }
        waiting.append(completion)
        fetch()
    }

    /// The codes with which services refuse credentials that others can take the place of.
    private static let curableCodes: Set<String> = [
        "ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId",
        "InvalidSignatureException", "InvalidToken", "SignatureDoesNotMatch", "TokenRefreshRequired",
        "UnrecognizedClientException",
    ]

    /// Notes that the service refused `credentials`; whether the call is worth repeating once with others.
    ///
    /// - Parameter code: The code with which it refused. What is about permissions is nothing that others would cure.
    public func rejected(_ credentials: Credentials, code: String) -> Bool {
        Self.curableCodes.contains(code) && policy.rejected(credentials)
    }

    /// Notes that the service accepted credentials of this source.
    public func accepted() {
        policy.accepted()
    }

    // MARK: Fetching

    private func fetch() {
        guard !isFetching else { return }
        isFetching = true
        seenVersions = shared.versions()
        Task { @MainActor in
            do throws(CredentialError) {
                finish(try await provider.credentials())
            } catch {
                fail(error)
            }
        }
    }

    private func finish(_ credentials: Credentials?) {
        guard let credentials else { return fail(Self.nothingFound) }
        let now = ports.wallTime()
        guard let expiry = credentials.expiresAt, expiry <= now else {
            policy.refreshed(credentials, now: now, random: ports.draw())
            problem = nil
            return answer(.success(credentials))
        }
        let error = CredentialError(provider: credentials.provider, reason: "gave credentials that have ended already")
        guard credentials.mayOutliveExpiry else { return fail(error) }
        policy.refreshed(credentials, now: now, random: ports.draw())
        fail(error)
    }

    private func fail(_ error: CredentialError) {
        let remaining = policy.failed(now: ports.wallTime(), random: ports.draw())
        if remaining != nil, error != problem { onProblem(error) }
        problem = error
        answer(remaining.map(Result.success) ?? .failure(error))
    }

    private func answer(_ result: Result<Credentials, CredentialError>) {
        isFetching = false
        let completions = waiting
        waiting = []
        for completion in completions { completion(result) }
    }

    // MARK: Changed files

    private func noticeChangedFiles() {
        let now = ports.wallTime()
        if let checkedAt, (.zero..<Duration.seconds(1)).contains(checkedAt.duration(to: now)) { return }
        checkedAt = now
        guard policy.credentials != nil, !isFetching, shared.versions() != seenVersions else { return }
        policy.sourceChanged()
    }

    private static let nothingFound = CredentialError(
        provider: "credentials",
        reason: "found none in the environment, the shared config and credentials files, a container's agent and the "
            + "instance metadata; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile"
    )
}
