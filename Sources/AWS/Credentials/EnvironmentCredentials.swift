/// Credentials from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; a blank variable counts as unset.
@MainActor
public final class EnvironmentCredentials: CredentialProvider {
    private let environment: [String: String]

    /// Makes the provider over an environment.
    public init(environment: [String: String]) {
        self.environment = environment
    }

    /// Reads the variables; one of the two keys without the other is an error.
    public func resolve(completion: @escaping @MainActor (Result<Credentials?, CredentialError>) -> Void) {
        completion(result)
    }

    private var result: Result<Credentials?, CredentialError> {
        switch (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY")) {
        case (nil, nil): .success(nil)
        case (let id?, let secret?):
            .success(
                Credentials(
                    accessKeyID: id,
                    secretAccessKey: secret,
                    sessionToken: value("AWS_SESSION_TOKEN"),
                    provider: "environment"
                )
            )
        case (nil, _?): .failure(missing("AWS_ACCESS_KEY_ID", has: "AWS_SECRET_ACCESS_KEY"))
        case (_?, nil): .failure(missing("AWS_SECRET_ACCESS_KEY", has: "AWS_ACCESS_KEY_ID"))
        }
    }

    private func value(_ name: String) -> String? {
        let trimmed = (environment[name] ?? "").trimmingBlanks
        return trimmed.isEmpty ? nil : trimmed
    }

    private func missing(_ name: String, has other: String) -> CredentialError {
        CredentialError(provider: "environment", reason: "\(other) is set, but \(name) is not; set both or neither")
    }
}

extension StringProtocol {
    /// The text without blanks, tabs and line breaks around it.
    var trimmingBlanks: String {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
        let start = firstIndex { !isBlank($0) } ?? endIndex
        let end = lastIndex { !isBlank($0) }.map(index(after:)) ?? start
        return String(self[start..<end])
    }
}
