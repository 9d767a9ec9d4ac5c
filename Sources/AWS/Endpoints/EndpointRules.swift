/// A service whose endpoints this program knows.
public enum EndpointService: Hashable, Sendable {
    /// Amazon SES, API version 2.
    case sesv2
    /// The Security Token Service.
    case sts
    /// IAM Identity Center's portal, which gives role credentials.
    case ssoPortal
    /// IAM Identity Center's OpenID Connect service, which gives access tokens.
    case ssoOIDC

    var hostPrefix: String {
        switch self {
        case .sesv2: "email"
        case .sts: "sts"
        case .ssoPortal: "portal.sso"
        case .ssoOIDC: "oidc"
        }
    }
}

/// The rules by which AWS's SDKs find a service's endpoint: Region, FIPS, dual stack, and an address of one's own.
struct EndpointRules: Hashable, Sendable {
    /// The Region; `nil` only where there is an address of one's own.
    var region: String?
    /// Whether cryptography validated by FIPS 140 is asked for (AWS_USE_FIPS_ENDPOINT).
    var usesFIPS: Bool
    /// Whether an endpoint with IPv4 and IPv6 addresses is asked for (AWS_USE_DUALSTACK_ENDPOINT).
    var usesDualStack: Bool
    /// Whether STS in its oldest Regions is asked at its one global address, as SDKs once did by default.
    var usesGlobalSTS: Bool
    /// An address of one's own.
    var address: ServiceEndpoint?

    init(
        region: String?,
        usesFIPS: Bool = false,
        usesDualStack: Bool = false,
        usesGlobalSTS: Bool = false,
        address: ServiceEndpoint? = nil
    ) {
        self.region = region
        self.usesFIPS = usesFIPS
        self.usesDualStack = usesDualStack
        self.usesGlobalSTS = usesGlobalSTS
        self.address = address
    }

    /// The Regions where STS's global address was the default.
    private static let globalSTSRegions: Set<String> = [
        "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "aws-global", "ca-central-1",
        "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2",
        "us-west-1", "us-west-2",
    ]

    /// Where `service` is reached, and the Region that signatures for it name.
    func endpoint(
        of service: EndpointService
    ) throws(EndpointProblem) -> (endpoint: ServiceEndpoint, signingRegion: String) {
        if let address {
            if usesFIPS { throw .fipsWithAddress }
            if usesDualStack { throw .dualStackWithAddress }
            return (address, region ?? Partition.standard.globalRegion)
        }
        guard let region else { throw .missingRegion }
        guard Self.isHostLabel(region) else { throw .badRegion(region) }
        let partition = Partition.of(region: region)
        if service == .sts, !usesFIPS, !usesDualStack,
            region == "aws-global" || (usesGlobalSTS && Self.globalSTSRegions.contains(region))
        {
            return (ServiceEndpoint(host: "sts.amazonaws.com"), Partition.standard.globalRegion)
        }
        let suffix = usesDualStack ? partition.dualStackSuffix : partition.suffix
        // STS in the US government's Regions is validated at its ordinary address.
        let hasFIPSName = usesFIPS && !(service == .sts && partition.id == "aws-us-gov" && !usesDualStack)
        let host = "\(service.hostPrefix)\(hasFIPSName ? "-fips" : "").\(region).\(suffix)"
        let signingRegion = region.hasSuffix("-global") ? partition.globalRegion : region
        return (ServiceEndpoint(host: host), signingRegion)
    }

    private static func isHostLabel(_ text: String) -> Bool {
        guard (1...63).contains(text.utf8.count), text.first != "-", text.last != "-" else { return false }
        return text.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "-") || (48...57).contains(byte) || (65...90).contains(byte)
                || (97...122).contains(byte)
        }
    }
}

/// Why there is no endpoint.
public enum EndpointProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// Neither a Region nor an address.
    case missingRegion
    /// The Region's name can't be part of a host name.
    case badRegion(String)
    /// A configured address is no http or https address; named by its service, since it may hold a secret.
    case badAddress(String)
    /// An address of one's own has no FIPS variant.
    case fipsWithAddress
    /// An address of one's own has no dual-stack variant.
    case dualStackWithAddress

    /// One line for a person.
    public var description: String {
        switch self {
        case .missingRegion: "no Region is known; set region, or AWS_REGION"
        case .badRegion(let region): "\"\(region)\" is no AWS Region"
        case .badAddress(let service):
            "the endpoint_url of \(service) is no http:// or https:// address without user, query and fragment"
        case .fipsWithAddress: "FIPS and an endpoint_url exclude each other; unset AWS_USE_FIPS_ENDPOINT"
        case .dualStackWithAddress:
            "dual stack and an endpoint_url exclude each other; unset AWS_USE_DUALSTACK_ENDPOINT"
        }
    }
}
