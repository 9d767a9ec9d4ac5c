import ImportWatch

/// Where credentials come from; each provider of the chain is one.
@MainActor
public protocol CredentialProvider: AnyObject {
    /// Finds credentials; `nil` means that this provider isn't meant to have any here.
    func credentials() async throws(CredentialError) -> Credentials?
}

/// Why a provider that should have credentials could not give them.
public struct CredentialError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The provider, in words.
    public var provider: String
    /// What is wrong and what to do, without secrets.
    public var reason: String
    /// The last line that a program wrote about it, redacted; differs from time to time for one and the same trouble.
    public var said: String?

    /// Makes an error; what a program said is redacted, cut off at 200 bytes and put in one line here.
    public init(provider: String, reason: String, said: String? = nil) {
        self.provider = provider
        self.reason = reason
        self.said = said.map { BoundedText.text(Redaction.redact($0).inOneLine, limit: 200) }
    }

    /// Whether `other` differs in no more than a program's words.
    func isSameTrouble(as other: CredentialError) -> Bool {
        provider == other.provider && reason == other.reason
    }

    /// One line for a person.
    public var description: String {
        "\(provider): \(reason)" + (said.map { "; its last line: \($0)" } ?? "")
    }
}
