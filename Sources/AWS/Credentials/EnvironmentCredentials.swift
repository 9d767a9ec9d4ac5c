/// Credentials from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; a blank variable counts as unset.
@MainActor
public final class EnvironmentCredentials: CredentialProvider {
    private let environment: AWSEnvironment

    /// Makes the provider over an environment.
    public init(environment: AWSEnvironment) {
        self.environment = environment
    }

    /// Reads the variables; one of the two keys without the other is an error.
    public func credentials() async throws(CredentialError) -> Credentials? {
        switch (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]) {
        case (nil, nil): return nil
        case (let id?, let secret?):
            return Credentials(
                accessKeyID: id,
                secretAccessKey: secret,
                sessionToken: environment["AWS_SESSION_TOKEN"],
                provider: "environment"
            )
        case (nil, _?): throw missing("AWS_ACCESS_KEY_ID", has: "AWS_SECRET_ACCESS_KEY")
        case (_?, nil): throw missing("AWS_SECRET_ACCESS_KEY", has: "AWS_ACCESS_KEY_ID")
        }
    }

    private func missing(_ name: String, has other: String) -> CredentialError {
        CredentialError(provider: "environment", reason: "\(other) is set, but \(name) is not; set both or neither")
    }
}
