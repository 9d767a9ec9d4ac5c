/// Credentials of a role that is assumed with other credentials.
@MainActor
final class AssumeRoleCredentials: CredentialProvider {
    private let role: ProfileChain.Role
    private let base: any CredentialProvider
    private let service: SecurityTokenService

    init(_ role: ProfileChain.Role, base: any CredentialProvider, context: CredentialContext) {
        self.role = role
        self.base = base
        service = SecurityTokenService(context: context)
    }

    /// Finds the credentials to assume the role with, and assumes it.
    func credentials() async throws(CredentialError) -> Credentials? {
        guard let source = try await base.credentials()?.checked() else { return nil }
        let name = "role \(role.arn), assumed with \(source.provider)"
        do {
            return try await service.assumeRole(role, with: source, provider: name)
        } catch {
            throw CredentialError(provider: name, reason: error.description)
        }
    }
}
