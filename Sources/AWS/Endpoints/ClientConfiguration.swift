import ImportWatch

/// What the configuration, the environment and a profile say about how services are reached.
public struct ClientConfiguration: Hashable, Sendable {
    /// The Region, if anyone names one.
    public let region: String?
    /// The files that TLS uses instead of the system's.
    public let tls: HTTPRequest.TLSFiles
    private let usesFIPS: Bool
    private let usesDualStack: Bool
    private let usesGlobalSTS: Bool
    private let addresses: [EndpointService: String]

    /// Gathers what there is; the first that says something holds: the arguments, the environment, the profile.
    ///
    /// - Parameters:
    ///   - region: The Region that the program's own configuration names.
    ///   - endpointURL: The address of SESv2 that the program's own configuration names.
    ///   - profile: The profile that the program's own configuration names.
    public init(
        region: String?,
        endpointURL: String?,
        profile: String?,
        variables: AWSVariables,
        files: any FileReader
    ) throws(CredentialError) {
        let shared = SharedFiles(variables: variables, files: files)
        self.init(
            region: region,
            endpointURL: endpointURL,
            profile: profile ?? shared.namedProfile ?? "default",
            variables: variables,
            profiles: try shared.load()
        )
    }

    /// Gathers what the arguments and the environment say, where the shared files can't be read.
    public init(region: String?, endpointURL: String?, variables: AWSVariables) {
        self.init(
            region: region,
            endpointURL: endpointURL,
            profile: "default",
            variables: variables,
            profiles: ProfileSet()
        )
    }

    init(
        region: String?,
        endpointURL: String?,
        profile: String,
        variables: AWSVariables,
        profiles: ProfileSet
    ) {
        func isOn(_ variable: String, _ key: String) -> Bool {
            (variables[variable] ?? profiles.value(key, of: profile))?.lowercased() == "true"
        }
        self.region =
            region ?? variables["AWS_REGION"] ?? variables["AWS_DEFAULT_REGION"]
            ?? profiles.value("region", of: profile)
        tls = HTTPRequest.TLSFiles(
            certificateAuthorities: variables["AWS_CA_BUNDLE"] ?? profiles.value("ca_bundle", of: profile)
        )
        usesFIPS = isOn("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
        usesDualStack = isOn("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
        let stsEndpoints =
            variables["AWS_STS_REGIONAL_ENDPOINTS"] ?? profiles.value("sts_regional_endpoints", of: profile)
        usesGlobalSTS = stsEndpoints?.lowercased() == "legacy"
        var addresses: [EndpointService: String] = [:]
        if let endpointURL { addresses[.sesv2] = endpointURL }
        if !isOn("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls") {
            for service in [EndpointService.sesv2, .sts, .ssoPortal, .ssoOIDC] where addresses[service] == nil {
                addresses[service] =
                    variables["AWS_ENDPOINT_URL_" + service.configurationName.uppercased()]
                    ?? variables["AWS_ENDPOINT_URL"]
                    ?? profiles.endpointURL(of: service.configurationName, profile: profile)
            }
        }
        self.addresses = addresses
    }

    /// Where a service is reached, and the Region that signatures for it name.
    public func endpoint(
        of service: EndpointService,
        region other: String? = nil
    ) throws(EndpointProblem) -> (endpoint: ServiceEndpoint, signingRegion: String) {
        var rules = EndpointRules(
            region: other ?? region,
            usesFIPS: usesFIPS,
            usesDualStack: usesDualStack,
            usesGlobalSTS: usesGlobalSTS
        )
        if let address = addresses[service] {
            guard let endpoint = ServiceEndpoint(address) else { throw .badAddress(service.configurationName) }
            rules.address = endpoint
        }
        return try rules.endpoint(of: service)
    }
}

extension EndpointService {
    /// The service's ID as it stands in variables (in upper case) and in `services` sections.
    var configurationName: String {
        switch self {
        case .sesv2: "sesv2"
        case .sts: "sts"
        case .ssoPortal: "sso"
        case .ssoOIDC: "sso_oidc"
        }
    }
}
