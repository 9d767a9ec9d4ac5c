import ImportWatch

/// Credentials that the container's agent hands out over HTTP (ECS, EKS Pod Identity).
@MainActor
final class ContainerCredentials: CredentialProvider {
    private static let agent = "http://169.254.170.2"
    private static let name = "container"
    private static let tokenLimit = 64 << 10

    private let context: CredentialContext
    private let isRequired: Bool
    private var variables: AWSVariables { context.ports.variables }

    /// - Parameter isRequired: Whether it is an error that the environment names no agent.
    init(isRequired: Bool, context: CredentialContext) {
        self.context = context
        self.isRequired = isRequired
    }

    /// Asks the agent that AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or …_FULL_URI names.
    func credentials() async throws(CredentialError) -> Credentials? {
        guard let url = try address() else {
            guard isRequired else { return nil }
            throw Self.problem(
                "neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set"
            )
        }
        let headers = try authorization()
        let response: HTTPResponse
        do {
            response = try await context.caller.call(
                request: { _ in
                    HTTPRequest(
                        method: .get,
                        url: url,
                        headers: headers,
                        connectTimeout: .seconds(2),
                        timeout: .seconds(5),
                        tls: context.configuration.tls,
                        proxy: .none
                    )
                },
                error: ServiceError.init
            )
        } catch {
            throw Self.problem("the agent gave no credentials: \(error)")
        }
        let document = try CredentialDocument.decode(response.body, provider: Self.name)
        return try CredentialDocument.read(document, tokenName: "Token", provider: Self.name)
    }

    // MARK: Address

    private func address() throws(CredentialError) -> String? {
        if let path = variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            guard path.hasPrefix("/"), Self.isPrintable(path) else {
                throw Self.problem("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI must be a path that begins with /")
            }
            return Self.agent + path
        }
        guard let url = variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] else { return nil }
        guard Self.isPrintable(url), let host = Self.host(of: url) else {
            throw Self.problem("AWS_CONTAINER_CREDENTIALS_FULL_URI is no http:// or https:// address")
        }
        guard url.lowercased().hasPrefix("https://") || Self.mayBeAskedInTheClear(host) else {
            throw Self.problem(
                "AWS_CONTAINER_CREDENTIALS_FULL_URI must be https, or name a loopback address, 169.254.170.2, "
                    + "169.254.170.23 or [fd00:ec2::23]"
            )
        }
        return url
    }

    private static func isPrintable(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }

    /// The host without brackets and port; `nil` for what is no address, or names a user.
    private static func host(of url: String) -> String? {
        let lowered = url.lowercased()
        guard let scheme = ["https://", "http://"].first(where: lowered.hasPrefix) else { return nil }
        let authority = lowered.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
        guard !authority.contains("@"), !authority.contains("\\") else { return nil }
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            return String(authority[authority.index(after: authority.startIndex)..<end])
        }
        let host = String(authority.prefix { $0 != ":" })
        return host.isEmpty ? nil : host
    }

    private static func mayBeAskedInTheClear(_ host: String) -> Bool {
        if ["localhost", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"].contains(host) { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return numbers.count == 4 && numbers[0] == 127 && numbers.allSatisfy { $0 != nil }
    }

    // MARK: Authorization

    private func authorization() throws(CredentialError) -> [HTTPHeader] {
        let token: String
        if let path = variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            do {
                token = String(decoding: try context.ports.files.read(path, limit: Self.tokenLimit), as: UTF8.self)
            } catch {
                throw Self.problem("the authorization token file \(error)")
            }
        } else if let value = variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] {
            token = value
        } else {
            return []
        }
        guard !token.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw Self.problem("the authorization token must be one line without line breaks and control characters")
        }
        return token.isEmpty ? [] : [HTTPHeader("Authorization", token)]
    }

    private static func problem(_ reason: String) -> CredentialError {
        CredentialError(provider: name, reason: reason)
    }
}
