/// Where credentials come from; each provider of the chain is one.
@MainActor
public protocol CredentialProvider: AnyObject {
    /// Finds credentials; `nil` means that this provider isn't meant to have any here.
    func credentials() async throws(CredentialError) -> Credentials?
}

extension CredentialProvider {
    /// Finds credentials and calls `completion` once, in a later turn of the loop.
    public func resolve(completion: @escaping @MainActor (Result<Credentials?, CredentialError>) -> Void) {
        Task { @MainActor in
            do throws(CredentialError) {
                completion(.success(try await credentials()))
            } catch {
                completion(.failure(error))
            }
        }
    }
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
