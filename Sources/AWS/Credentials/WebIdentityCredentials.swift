import ImportWatch

/// Credentials of a role that is assumed with a token from a file, as Kubernetes hands one out.
@MainActor
final class WebIdentityCredentials: CredentialProvider {
    private static let tokenLimit = 64 << 10

    private let identity: ProfileChain.WebIdentity
    private let files: any FileReader
    private let service: SecurityTokenService
    private let name: String

    init(_ identity: ProfileChain.WebIdentity, source: String, context: CredentialContext) {
        self.identity = identity
        files = context.ports.files
        service = SecurityTokenService(context: context)
        name = "web identity (\(source))"
    }

    /// The identity that the environment describes; `nil` without AWS_WEB_IDENTITY_TOKEN_FILE.
    static func identity(in variables: AWSVariables) throws(CredentialError) -> ProfileChain.WebIdentity? {
        guard let file = variables["AWS_WEB_IDENTITY_TOKEN_FILE"] else { return nil }
        guard let arn = variables["AWS_ROLE_ARN"] else {
            throw CredentialError(
                provider: "web identity (environment)",
                reason: "AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not"
            )
        }
        return ProfileChain.WebIdentity(
            roleARN: arn,
            tokenFile: file,
            sessionName: variables["AWS_ROLE_SESSION_NAME"]
        )
    }

    /// Reads the token, which may have changed since the last time, and assumes the role.
    func credentials() async throws(CredentialError) -> Credentials? {
        let token: String
        do {
            let bytes = try files.read(identity.tokenFile, limit: Self.tokenLimit)
            token = String(decoding: bytes, as: UTF8.self).trimmingBlanks
        } catch {
            throw problem("the token file \(error)")
        }
        guard !token.isEmpty else { throw problem("the token file \(identity.tokenFile) is empty") }
        do {
            return try await service.assumeRoleWithWebIdentity(
                roleARN: identity.roleARN,
                sessionName: identity.sessionName,
                token: token,
                provider: name
            )
        } catch {
            throw problem("\(identity.roleARN) was not assumed: \(error)")
        }
    }

    private func problem(_ reason: String) -> CredentialError {
        CredentialError(provider: name, reason: reason)
    }
}
