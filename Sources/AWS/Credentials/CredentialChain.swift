import ImportWatch

/// Asks one provider after the other until one has credentials; the first error ends the search.
@MainActor
public final class CredentialChain: CredentialProvider {
    private let providers: [any CredentialProvider]

    /// Makes a chain of providers, in the order in which they are asked.
    public init(_ providers: [any CredentialProvider]) {
        self.providers = providers
    }

    /// The chain of a source: with a profile of its own that profile and nothing else, otherwise the environment and
    /// then AWS_PROFILE's or the default profile.
    public static func standard(
        profile: String?,
        environment: [String: String],
        files: any FileReader
    ) -> CredentialChain {
        var providers: [any CredentialProvider] = []
        if profile == nil { providers.append(EnvironmentCredentials(environment: environment)) }
        let named = profile ?? environment["AWS_PROFILE"].flatMap { $0.isEmpty ? nil : $0 }
        if let path = SharedCredentialsFile.location(environment: environment, files: files) {
            providers.append(
                SharedCredentialsFile(
                    path: path,
                    profile: named ?? "default",
                    isRequired: named != nil,
                    files: files
                )
            )
        }
        return CredentialChain(providers)
    }

    /// Asks the providers.
    public func resolve(completion: @escaping @MainActor (Result<Credentials?, CredentialError>) -> Void) {
        ask(providers[...], completion: completion)
    }

    private func ask(
        _ remaining: ArraySlice<any CredentialProvider>,
        completion: @escaping @MainActor (Result<Credentials?, CredentialError>) -> Void
    ) {
        guard let first = remaining.first else { return completion(.success(nil)) }
        first.resolve { [weak self] result in
            guard let self, case .success(nil) = result else { return completion(result) }
            self.ask(remaining.dropFirst(), completion: completion)
        }
    }
}
