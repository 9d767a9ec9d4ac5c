import Crypto
import ImportWatch
import JSON

/// Gives the access token that `aws sso login` left in `~/.aws/sso/cache`, refreshed before it ends, as the SDKs do.
@MainActor
final class SSOTokenProvider {
    private static let cacheLimit = 256 << 10
    /// This long before a token ends it is refreshed.
    private static let refreshWindow = Duration.seconds(300)

    private let sso: ProfileChain.SSOProfile
    private let context: CredentialContext
    private let name: String
    private var ports: AWSPorts { context.ports }

    init(_ sso: ProfileChain.SSOProfile, name: String, context: CredentialContext) {
        self.sso = sso
        self.name = name
        self.context = context
    }

    /// Reads the cached token, and refreshes it where it is about to end and the cache has what that takes.
    func token() async throws(CredentialError) -> String {
        let path = try path()
        let cached = try cached(path)
        let now = ports.wallTime()
        if now < cached.expiresAt.advanced(by: .zero - Self.refreshWindow) { return cached.accessToken }
        guard sso.session != nil, cached.grant(now: now) != nil else {
            guard now < cached.expiresAt else { throw signInAgain }
            return cached.accessToken
        }
        let outcome = await ports.ssoTokens.refresh(path, now: now) { await self.refresh(path) }
        if case .success(let token) = outcome, ports.wallTime() < token.expiresAt { return token.accessToken }
        // Another process may have used the refresh token, and have written what it got.
        let latest = try self.cached(path)
        if ports.wallTime() < latest.expiresAt { return latest.accessToken }
        if case .failure(let error) = outcome { throw error }
        throw signInAgain
    }

    // MARK: The cache

    /// The file, named by the SHA-1 of the session's name or start URL.
    private func path() throws(CredentialError) -> String {
        guard let home = ports.variables["HOME"] else {
            throw problem("HOME is not set, so ~/.aws/sso/cache can't be found")
        }
        let file = Hexadecimal.encode(Digest.sha1(Array((sso.session ?? sso.startURL).utf8))) + ".json"
        return home + "/.aws/sso/cache/" + file
    }

    private func cached(_ path: String) throws(CredentialError) -> SSOToken {
        let version = ports.files.version(of: path)
        let bytes: [UInt8]
        do {
            bytes = try ports.files.read(path, limit: Self.cacheLimit)
        } catch {
            if case .notFound = error { throw signInAgain }
            throw problem(error.description)
        }
        guard let token = SSOToken(bytes) else { throw problem("\(path) is no cached token; \(advice)") }
        guard token.isPlain else { throw problem("\(path): a bad accessToken") }
        return ports.ssoTokens.token(insteadOf: path, version: version) ?? token
    }

    private func write(_ token: SSOToken, to path: String) {
        let reason: String
        if let writer = ports.writer {
            do {
                try writer.replace(path, with: token.encoded)
                return ports.ssoTokens.written(path)
            } catch {
                reason = error.description
            }
        } else {
            reason = "nothing may be written here"
        }
        ports.ssoTokens.keep(
            token,
            insteadOf: path,
            version: ports.files.version(of: path),
            notice: "\(name): the refreshed access token is kept in memory only, since \(reason); "
                + "after a restart it may take signing in anew (\(advice)), so let the daemon's user write there"
        )
    }

    // MARK: Refreshing

    /// Asks for a new token with what the cache holds now, and writes it there.
    private func refresh(_ path: String) async -> SSOTokens.Outcome {
        do throws(CredentialError) {
            let cached = try cached(path)
            let now = ports.wallTime()
            guard now >= cached.expiresAt.advanced(by: .zero - Self.refreshWindow) else { return .success(cached) }
            guard let grant = cached.grant(now: now) else { throw signInAgain }
            let renewed = try await ask(with: grant, for: cached)
            // Whoever signed out meanwhile stays signed out.
            guard ports.files.version(of: path) != nil else { throw signInAgain }
            write(renewed, to: path)
            return .success(renewed)
        } catch {
            return .failure(error)
        }
    }

    private func ask(with grant: SSOToken.Grant, for cached: SSOToken) async throws(CredentialError) -> SSOToken {
        let endpoint: ServiceEndpoint
        do {
            endpoint = try context.configuration.endpoint(of: .ssoOIDC, region: sso.region).endpoint
        } catch {
            throw problem(error.description)
        }
        let body = JSONValue.object([
            JSONValue.Member("clientId", .string(grant.clientID)),
            JSONValue.Member("clientSecret", .string(grant.clientSecret)),
            JSONValue.Member("grantType", "refresh_token"),
            JSONValue.Member("refreshToken", .string(grant.refreshToken)),
        ])
        let response: HTTPResponse
        do {
            response = try await context.caller.call(
                request: { _ in
                    HTTPRequest(
                        method: .post,
                        url: endpoint.url + "/token",
                        headers: [HTTPHeader("Content-Type", "application/json")],
                        body: body.encoded(),
                        tls: context.configuration.tls
                    )
                },
                error: Self.error
            )
        } catch {
            if case .service(let refusal) = error, Self.isFinal(refusal) {
                throw problem("the session has ended (\(refusal.name)); \(advice)")
            }
            throw problem("the access token was not refreshed: \(error)")
        }
        guard let answer = try? JSONValue(decoding: response.body), let token = answer["accessToken"]?.string,
            let seconds = answer["expiresIn"]?.integer, (1...31_536_000).contains(seconds),
            let renewed = cached.renewed(
                accessToken: token,
                expiresAt: ports.wallTime().advanced(by: .seconds(seconds)),
                refreshToken: answer["refreshToken"]?.string,
                others: ["startUrl": sso.startURL, "region": sso.region]
            ), renewed.isPlain
        else { throw problem("the access token was not refreshed: the answer has no accessToken with an expiresIn") }
        return renewed
    }

    /// An error as OAuth 2.0 says it (RFC 6749, 5.2), where the answer has no code as AWS says it.
    private static func error(_ response: HTTPResponse, now: WallTime) -> ServiceError {
        var error = ServiceError(response, now: now)
        guard let body = try? JSONValue(decoding: response.body) else { return error }
        error.code = error.code ?? body["error"]?.string
        if error.message.isEmpty { error.message = body["error_description"]?.string ?? "" }
        return error
    }

    /// Whether only a person can help.
    private static func isFinal(_ error: ServiceError) -> Bool {
        [
            "invalid_grant", "InvalidGrantException", "expired_token", "ExpiredTokenException", "invalid_client",
            "InvalidClientException", "unauthorized_client", "UnauthorizedClientException", "access_denied",
            "AccessDeniedException",
        ].contains(error.code ?? "")
    }

    // MARK: Problems

    private var advice: String {
        if let session = sso.session {
            "run: aws sso login --sso-session \(session)"
        } else {
            "run: aws sso login --profile \(context.profile)"
        }
    }

    /// What to say where nobody is signed in.
    var signInAgain: CredentialError {
        problem("nobody is signed in, or the session has expired; \(advice)")
    }

    private func problem(_ reason: String) -> CredentialError {
        CredentialError(provider: name, reason: reason)
    }
}
