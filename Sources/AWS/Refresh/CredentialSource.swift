import ImportWatch

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
        shared = SharedFiles(environment: ports.environment, files: ports.files)
    }

    /// The versions of the shared config and credentials files.
    public func files() -> [FileVersion?] { shared.versions() }

    /// Begins a search in place of one that is under way, and calls `completion` in a later turn of the loop, unless
    /// the search is given up.
    public func search(completion: @escaping @MainActor (CredentialKeeper.Finding) -> Void) {
        searching?.cancel()
        let files = files()
        searching = Task { @MainActor [provider, ports] in
            let credentials = await provider.result()
            guard !Task.isCancelled else { return }
            let isFound = (try? credentials.get()) != nil
            let notice = isFound ? ports.ssoTokens.takeNotice() : nil
            completion(CredentialKeeper.Finding(credentials: credentials, files: files, notice: notice))
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
