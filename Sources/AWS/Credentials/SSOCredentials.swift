import Crypto
import ImportWatch
import JSON

/// Credentials of a role that IAM Identity Center gives to someone who signed in with `aws sso login`.
@MainActor
final class SSOCredentials: CredentialProvider {
    private static let cacheLimit = 256 << 10

    private let sso: ProfileChain.SSOProfile
    private let context: CredentialContext
    private let name: String

    init(_ sso: ProfileChain.SSOProfile, context: CredentialContext) {
        self.sso = sso
        self.context = context
        name = "IAM Identity Center (profile \(context.profile))"
    }

    /// Reads the cached token and exchanges it for the role's credentials.
    func credentials() async throws(CredentialError) -> Credentials? {
        guard let account = sso.accountID, let role = sso.roleName else {
            throw problem("the profile needs sso_account_id and sso_role_name")
        }
        let token = try cachedToken()
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
            if case .service(let refusal) = error, refusal.status == 401 { throw signInAgain }
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

    // MARK: The cached token

    /// The token that `aws sso login` left in `~/.aws/sso/cache`, under the SHA-1 of the session's name or start URL.
    private func cachedToken() throws(CredentialError) -> String {
        guard let home = context.ports.environment["HOME"] else {
            throw problem("HOME is not set, so ~/.aws/sso/cache can't be found")
        }
        let file = Hexadecimal.encode(Digest.sha1(Array((sso.session ?? sso.startURL).utf8))) + ".json"
        let path = home + "/.aws/sso/cache/" + file
        let bytes: [UInt8]
        do {
            bytes = try context.ports.files.read(path, limit: Self.cacheLimit)
        } catch {
            if case .notFound = error { throw signInAgain }
            throw problem(error.description)
        }
        guard let document = try? JSONCursor(decoding: bytes), let token = document["accessToken"]?.string,
            !token.isEmpty, let expiresAt = document["expiresAt"]?.string.flatMap(Self.time)
        else { throw problem("\(path) is no cached token; \(advice)") }
        guard token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw problem("\(path): a bad accessToken") }
        guard expiresAt > context.ports.wallTime() else { throw signInAgain }
        return token
    }

    /// A time as the cache has it; older versions of the AWS CLI wrote `UTC` for `Z`.
    private static func time(_ text: String) -> WallTime? {
        WallTime(rfc3339: text.hasSuffix("UTC") ? String(text.dropLast(3)) + "Z" : text)
    }

    private var advice: String {
        if let session = sso.session {
            "run: aws sso login --sso-session \(session)"
        } else {
            "run: aws sso login --profile \(context.profile)"
        }
    }

    private var signInAgain: CredentialError {
        problem("nobody is signed in, or the session has expired; \(advice)")
    }

    private func problem(_ reason: String) -> CredentialError {
        CredentialError(provider: name, reason: reason)
    }
}
