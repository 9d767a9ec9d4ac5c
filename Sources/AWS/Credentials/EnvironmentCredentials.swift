/// Credentials from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; a blank variable counts as unset.
@MainActor
final class EnvironmentCredentials: CredentialProvider {
    private let variables: AWSVariables

    init(variables: AWSVariables) {
        self.variables = variables
    }

    /// Reads the variables; one of the two keys without the other is an error.
    func credentials() async throws(CredentialError) -> Credentials? {
        switch (variables["AWS_ACCESS_KEY_ID"], variables["AWS_SECRET_ACCESS_KEY"]) {
        case (nil, nil): return nil
        case (let id?, let secret?):
            return Credentials(
                accessKeyID: id,
                secretAccessKey: secret,
                sessionToken: variables["AWS_SESSION_TOKEN"],
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
