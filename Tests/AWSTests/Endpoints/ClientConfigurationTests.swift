import ImportWatch
import Testing

@testable import AWS

@Suite @MainActor struct ClientConfigurationTests {
    private let config = """
        [default]
        region = eu-north-1
        endpoint_url = http://profile
        services = mine
        ca_bundle = /profile.pem
        [profile plain]
        endpoint_url = http://plain
        [services mine]
        sesv2 =
          endpoint_url = http://section
        """

    private func url(
        _ variables: [String: String] = [:],
        endpointURL: String? = nil,
        profile: String? = nil,
        of service: EndpointService = .sesv2
    ) throws -> String {
        let world = TestWorld(variables.merging(["HOME": "/home"]) { $1 }, files: ["/home/.aws/config": config])
        let configuration = try ClientConfiguration(
            region: nil,
            endpointURL: endpointURL,
            profile: profile,
            variables: AWSVariables(world.variables),
            files: world.files
        )
        return try configuration.endpoint(of: service).endpoint.url
    }

    @Test func theFirstAddressThatIsSetHolds() throws {
        let general = ["AWS_ENDPOINT_URL": "http://general"]
        let special = general.merging(["AWS_ENDPOINT_URL_SESV2": "http://special"]) { $1 }
        #expect(try url(special, endpointURL: "http://ours") == "http://ours")
        #expect(try url(special) == "http://special")
        #expect(try url(general) == "http://general")
        #expect(try url() == "http://section")
        #expect(try url(of: .sts) == "http://profile")
        #expect(try url(profile: "plain") == "http://plain")
        #expect(try url(["AWS_PROFILE": "plain"]) == "http://plain")
        #expect(try url(["AWS_ENDPOINT_URL_STS": "http://sts"], of: .sts) == "http://sts")
    }

    @Test func configuredAddressesCanBeIgnoredButNotOurOwn() throws {
        let ignored = ["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true", "AWS_ENDPOINT_URL": "http://general"]
        #expect(try url(ignored) == "https://email.eu-north-1.amazonaws.com")
        #expect(try url(ignored, endpointURL: "http://ours") == "http://ours")
    }

    @Test func theEnvironmentTogglesFIPSAndDualStack() throws {
        let variables = [
            "AWS_USE_FIPS_ENDPOINT": "TRUE", "AWS_USE_DUALSTACK_ENDPOINT": "true", "AWS_REGION": "us-east-1",
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
        ]
        #expect(try url(variables) == "https://email-fips.us-east-1.api.aws")
        #expect(throws: EndpointProblem.fipsWithAddress) {
            try url(["AWS_USE_FIPS_ENDPOINT": "true"], endpointURL: "http://ours")
        }
    }

    @Test func badAddressesAreNamedByTheirServiceNotShown() {
        #expect(throws: EndpointProblem.badAddress("sesv2")) { try url(endpointURL: "https://user:pw@host") }
        #expect(!"\(EndpointProblem.badAddress("sesv2"))".contains("pw"))
    }

    @Test func regionAndCABundleComeFromTheEnvironmentThenTheProfile() throws {
        let world = TestWorld(["HOME": "/home"], files: ["/home/.aws/config": config])
        #expect(try world.configuration(region: nil).region == "eu-north-1")
        #expect(try world.configuration(region: nil).tls.certificateAuthorities == "/profile.pem")
        world.variables["AWS_DEFAULT_REGION"] = "eu-west-2"
        world.variables["AWS_CA_BUNDLE"] = "/env.pem"
        #expect(try world.configuration(region: nil).region == "eu-west-2")
        world.variables["AWS_REGION"] = "eu-west-3"
        #expect(try world.configuration(region: nil).region == "eu-west-3")
        #expect(try world.configuration(region: "sa-east-1").region == "sa-east-1")
        #expect(try world.configuration(region: nil).tls.certificateAuthorities == "/env.pem")
    }

    @Test func stsCanBeAskedAtItsOldGlobalAddress() throws {
        let world = TestWorld(["AWS_STS_REGIONAL_ENDPOINTS": "legacy"])
        #expect(
            try world.configuration(region: "eu-west-1").endpoint(of: .sts).endpoint.url == "https://sts.amazonaws.com"
        )
        #expect(
            try world.configuration(region: "eu-south-2").endpoint(of: .sts).endpoint.url
                == "https://sts.eu-south-2.amazonaws.com"
        )
    }
}
