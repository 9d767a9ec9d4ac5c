import ImportWatch

/// Credentials of the role of an EC2 instance, from the instance metadata service, version 2.
@MainActor
final class InstanceMetadataCredentials: CredentialProvider {
    private static let name = "instance metadata"
    private static let timeout = Duration.seconds(1)
    private static let tokenSeconds = "21600"
    private static let rolesPath = "/latest/meta-data/iam/security-credentials/"

    private let context: CredentialContext
    private let isRequired: Bool
    private var variables: AWSVariables { context.ports.variables }

    /// - Parameter isRequired: Whether it is an error that there is no such service, or no role.
    init(isRequired: Bool, context: CredentialContext) {
        self.context = context
        self.isRequired = isRequired
    }

    /// Asks for a session token, the role's name, and its credentials.
    func credentials() async throws(CredentialError) -> Credentials? {
        if variables.isTrue("AWS_EC2_METADATA_DISABLED") {
            guard isRequired else { return nil }
            throw Self.problem("AWS_EC2_METADATA_DISABLED is set")
        }
        let base = try address()
        let token: String
        var isThere = false
        do {
            token = try await text(
                HTTPRequest(
                    method: .put,
                    url: base + "/latest/api/token",
                    headers: [HTTPHeader("x-aws-ec2-metadata-token-ttl-seconds", Self.tokenSeconds)]
                ),
                // Away from EC2 nobody answers, and each attempt costs a second.
                repeatsSilence: isRequired,
                answered: { isThere = true }
            )
        } catch {
            if !isRequired, !isThere, case .transport = error { return nil }
            throw Self.problem("no session token: \(error)")
        }
        guard Self.isHeaderValue(token) else { throw Self.problem("the session token is no plain text") }
        return try await credentials(base: base, token: HTTPHeader("x-aws-ec2-metadata-token", token))
    }

    private func credentials(base: String, token: HTTPHeader) async throws(CredentialError) -> Credentials? {
        let role: String
        do {
            let url = base + Self.rolesPath
            let roles = try await text(HTTPRequest(method: .get, url: url, headers: [token]))
            role = roles.split(whereSeparator: \.isNewline).first.map(\.trimmingBlanks) ?? ""
        } catch {
            if case .service(let refusal) = error, refusal.status == 404 {
                guard isRequired else { return nil }
                throw Self.problem("the instance has no role; attach an instance profile")
            }
            throw Self.problem("the role's name: \(error)")
        }
        guard Self.isRoleName(role) else { throw Self.problem("the answer for the role's name is no name") }
        let body: String
        do {
            body = try await text(HTTPRequest(method: .get, url: base + Self.rolesPath + role, headers: [token]))
        } catch {
            throw Self.problem("the credentials of role \(role): \(error)")
        }
        let document = try CredentialDocument.decode(Array(body.utf8), provider: Self.name)
        if let code = document["Code"]?.string, code != "Success" {
            throw Self.problem("the credentials of role \(role): \(code)")
        }
        var credentials = try CredentialDocument.read(document, tokenName: "Token", provider: Self.name)
        credentials.mayOutliveExpiry = true
        return credentials
    }

    private func text(
        _ request: HTTPRequest,
        repeatsSilence: Bool = true,
        answered: () -> Void = {}
    ) async throws(ServiceCaller.Failure) -> String {
        var request = request
        request.connectTimeout = Self.timeout
        request.timeout = Self.timeout
        request.proxy = .none
        let response = try await context.caller.call(
            repeatsSilence: repeatsSilence,
            request: { _ in request },
            error: { response, now in
                answered()
                return ServiceError(response, now: now)
            }
        )
        return String(decoding: response.body, as: UTF8.self)
    }

    private func address() throws(CredentialError) -> String {
        let configured =
            variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"]
            ?? context.profileValue("ec2_metadata_service_endpoint")
        if let configured {
            guard let endpoint = ServiceEndpoint(configured) else {
                throw Self.problem("AWS_EC2_METADATA_SERVICE_ENDPOINT is no http:// or https:// address")
            }
            return endpoint.url
        }
        let mode =
            variables["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]
            ?? context.profileValue("ec2_metadata_service_endpoint_mode")
        switch mode?.lowercased() {
        case nil, "ipv4": return "http://169.254.169.254"
        case "ipv6": return "http://[fd00:ec2::254]"
        default: throw Self.problem("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE must be IPv4 or IPv6")
        }
    }

    private static func isHeaderValue(_ text: String) -> Bool {
        (1...4096).contains(text.utf8.count) && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    private static func isRoleName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "+=,.@_-".utf8.contains(byte)
            }
    }

    private static func problem(_ reason: String) -> CredentialError {
        CredentialError(provider: name, reason: reason)
    }
}
