import ImportWatch

/// What a search for credentials brought.
public struct CredentialFinding: Sendable {
    /// The credentials; `nil` where none are meant to be had.
    var credentials: Result<Credentials?, CredentialError>
    /// The versions of the files that they come from, when the search began.
    var files: [FileVersion?] = []
    /// What people should know about credentials that are good, in one line.
    var notice: String?
}

/// Looks for credentials where a source's come from; one search at a time, which can be given up.
@MainActor
public final class CredentialSource {
    private let provider: any CredentialProvider
    private let ports: AWSPorts
    private let shared: SharedFiles
    private var searching: Task<Void, Never>?

    /// Makes a source over a provider.
    public init(provider: any CredentialProvider, ports: AWSPorts) {
        self.provider = provider
        self.ports = ports
        shared = SharedFiles(variables: ports.variables, files: ports.files)
    }

    /// The versions of the shared config and credentials files.
    public func files() -> [FileVersion?] { shared.versions() }

    /// Begins a search in place of one that is under way, and calls `completion` in a later turn of the loop, unless
    /// the search is given up.
    public func search(completion: @escaping @MainActor (CredentialFinding) -> Void) {
        searching?.cancel()
        let files = files()
        searching = Task { @MainActor [provider, ports] in
            let credentials = await provider.result()
            guard !Task.isCancelled else { return }
            let isFound = (try? credentials.get()) != nil
            let notice = isFound ? ports.ssoTokens.takeNotice() : nil
            completion(CredentialFinding(credentials: credentials, files: files, notice: notice))
        }
    }

    /// Gives up a search that is under way.
    public func abandon() {
        searching?.cancel()
        searching = nil
    }

    /// Searches once, for one who has no use for what another search would bring.
    public func credentials() async -> Result<Credentials, CredentialError> {
        let found = await provider.result()
        // A service may go on taking what has ended; whether it does, it says itself.
        if let credentials = try? found.get(), credentials.mayOutliveExpiry { return .success(credentials) }
        return CredentialKeeper.usable(found, now: ports.wallTime())
    }
}

extension CredentialProvider {
    fileprivate func result() async -> Result<Credentials?, CredentialError> {
        do throws(CredentialError) {
            return .success(try await credentials())
        } catch {
            return .failure(error)
        }
    }
}
