/// Where credentials come from; each provider of the chain is one.
@MainActor
public protocol CredentialProvider: AnyObject {
    /// Finds credentials and calls `completion` once, at once or later; `nil` means that this provider has none.
    func resolve(completion: @escaping @MainActor (Result<Credentials?, CredentialError>) -> Void)
}

/// Why a provider that should have credentials could not give them.
public struct CredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The provider, in words.
    public var provider: String
    /// What is wrong and what to do, without secrets.
    public var reason: String

    /// Makes an error.
    public init(provider: String, reason: String) {
        self.provider = provider
        self.reason = reason
    }

    /// One line for a person.
    public var description: String { "\(provider): \(reason)" }
}
