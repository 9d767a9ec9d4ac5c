import ImportWatch
import JSON

/// Credentials of a role that IAM Identity Center gives to someone who signed in with `aws sso login`.
@MainActor
final class SSOCredentials: CredentialProvider {
    private let sso: ProfileChain.SSOProfile
    private let context: CredentialContext
    private let name: String

    init(_ sso: ProfileChain.SSOProfile, context: CredentialContext) {
        self.sso = sso
        self.context = context
        name = "IAM Identity Center (profile \(context.profile))"
    }

    /// Takes the cached token and exchanges it for the role's credentials.
    func credentials() async throws(CredentialError) -> Credentials? {
        guard let account = sso.accountID, let role = sso.roleName else {
            throw problem("the profile needs sso_account_id and sso_role_name")
        }
        let tokens = SSOTokenProvider(sso, name: name, context: context)
        let token = try await tokens.token()
        let endpoint: ServiceEndpoint
        do {
            endpoint = try context.configuration.endpoint(of: .ssoPortal, region: sso.region).endpoint
        } catch {
            throw problem(error.description)
        }
        let query = "role_name=\(URIEncoding.encode(role))&account_id=\(URIEncoding.encode(account))"
        let response: HTTPResponse
        do {
            response = try await context.caller.call(
                request: { _ in
                    HTTPRequest(
                        method: .get,
                        url: endpoint.url + "/federation/credentials?" + query,
                        headers: [HTTPHeader("x-amz-sso_bearer_token", token)],
                        tls: context.configuration.tls
                    )
                },
                error: ServiceError.init
            )
        } catch {
            if case .service(let refusal) = error, refusal.status == 401 { throw tokens.signInAgain }
            throw problem("role \(role) in account \(account): \(error)")
        }
        return try read(response)
    }

    private func read(_ response: HTTPResponse) throws(CredentialError) -> Credentials {
        let document = try CredentialDocument.decode(response.body, provider: name)
        guard let role = document["roleCredentials"], let id = role["accessKeyId"]?.string,
            let secret = role["secretAccessKey"]?.string, let token = role["sessionToken"]?.string,
            let expiration = role["expiration"]?.integer
        else { throw problem("the answer has no whole roleCredentials") }
        return Credentials(
            accessKeyID: id,
            secretAccessKey: secret,
            sessionToken: token,
            expiresAt: WallTime(millisecondsSinceEpoch: expiration),
            provider: name
        )
    }

    private func problem(_ reason: String) -> CredentialError {
        CredentialError(provider: name, reason: reason)
    }
}
