import Crypto
import ImportWatch

/// Asks the Security Token Service for temporary credentials.
@MainActor
final class SecurityTokenService {
    private static let version = "2011-06-15"
    private static let contentType = "application/x-www-form-urlencoded; charset=utf-8"

    private let context: CredentialContext
    private var configuration: ClientConfiguration { context.configuration }

    init(context: CredentialContext) {
        self.context = context
    }

    /// Why there are no temporary credentials.
    enum Problem: Error, Hashable, Sendable, CustomStringConvertible {
        /// The endpoint isn't known.
        case endpoint(EndpointProblem)
        /// The call failed.
        case call(ServiceCaller.Failure)
        /// The answer can't be read.
        case unreadable(String)

        var description: String {
            switch self {
            case .endpoint(let problem): problem.description
            case .call(let failure): failure.description
            case .unreadable(let what): "STS gave an answer that can't be read: \(what)"
            }
        }
    }

    /// Assumes a role with `credentials`, by a signed request.
    func assumeRole(
        _ role: ProfileChain.Role,
        with credentials: Credentials,
        provider: String
    ) async throws(Problem) -> Credentials {
        var form = [("RoleArn", role.arn), ("RoleSessionName", role.sessionName ?? "importwatchd")]
        if let externalID = role.externalID { form.append(("ExternalId", externalID)) }
        if let seconds = role.durationSeconds { form.append(("DurationSeconds", String(seconds))) }
        return try await call("AssumeRole", form, signedWith: credentials, provider: provider)
    }

    /// Assumes a role with a token, by a request without a signature.
    func assumeRoleWithWebIdentity(
        roleARN: String,
        sessionName: String?,
        token: String,
        provider: String
    ) async throws(Problem) -> Credentials {
        let form = [
            ("RoleArn", roleARN), ("RoleSessionName", sessionName ?? "importwatchd"), ("WebIdentityToken", token),
        ]
        return try await call("AssumeRoleWithWebIdentity", form, signedWith: nil, provider: provider)
    }

    private func call(
        _ action: String,
        _ form: [(String, String)],
        signedWith credentials: Credentials?,
        provider: String
    ) async throws(Problem) -> Credentials {
        let target: (endpoint: ServiceEndpoint, signingRegion: String)
        do {
            target = try configuration.endpoint(of: .sts, region: configuration.region ?? "aws-global")
        } catch {
            throw .endpoint(error)
        }
        let pairs = [("Action", action), ("Version", Self.version)] + form
        let body = Array(
            pairs.map { "\($0)=\(URIEncoding.encode($1))" }.joined(separator: "&").utf8
        )
        var signer = credentials.map {
            SigV4Signer(credentials: $0, region: target.signingRegion, service: "sts")
        }
        let response: HTTPResponse
        do {
            response = try await context.caller.call(
                at: target.endpoint,
                request: { self.request(to: target.endpoint, body: body, signer: &signer, at: $0) },
                error: Self.error
            )
        } catch {
            throw .call(error)
        }
        var found = try Self.credentials(in: response, action: action, provider: provider)
        // Held against this machine's clock, which may be wrong by hours.
        let offset = context.caller.skew(of: target.endpoint).offset
        found.expiresAt = found.expiresAt?.advanced(by: .zero - offset)
        return found
    }

    private func request(
        to endpoint: ServiceEndpoint,
        body: [UInt8],
        signer: inout SigV4Signer?,
        at time: WallTime
    ) -> HTTPRequest {
        let contentType = HTTPHeader("Content-Type", Self.contentType)
        let signature = signer?.sign(
            SigV4Request(
                method: "POST",
                path: endpoint.basePath + "/",
                headers: [("content-type", contentType.value), ("host", endpoint.host)],
                payloadHash: Hexadecimal.encode(Digest.sha256(body))
            ),
            at: time
        )
        return HTTPRequest(
            method: .post,
            url: endpoint.url + "/",
            headers: [contentType] + (signature ?? []),
            body: body,
            tls: configuration.tls
        )
    }

    private static func error(_ response: HTTPResponse, now: WallTime) -> ServiceError {
        var error = ServiceError(response, now: now)
        guard let answer = try? XMLElements(response.body) else { return error }
        // Some servers put the error in a list.
        for path in ["ErrorResponse/Error/", "ErrorResponse/Errors/Error/"] {
            guard let code = answer[path + "Code"] else { continue }
            error.code = code
            error.message = answer[path + "Message"] ?? ""
            break
        }
        error.requestID = error.requestID ?? answer["ErrorResponse/RequestId"]
        return error
    }

    private static func credentials(
        in response: HTTPResponse,
        action: String,
        provider: String
    ) throws(Problem) -> Credentials {
        guard let answer = try? XMLElements(response.body) else { throw .unreadable("it is no XML") }
        let path = "\(action)Response/\(action)Result/Credentials/"
        guard let id = answer[path + "AccessKeyId"], let secret = answer[path + "SecretAccessKey"],
            let token = answer[path + "SessionToken"], !id.isEmpty, !secret.isEmpty, !token.isEmpty
        else { throw .unreadable("it has no credentials") }
        guard let expiry = answer[path + "Expiration"].flatMap({ WallTime(rfc3339: $0) }) else {
            throw .unreadable("it has no Expiration")
        }
        return Credentials(
            accessKeyID: id,
            secretAccessKey: secret,
            sessionToken: token,
            expiresAt: expiry,
            provider: provider
        )
    }
}
