import Testing

@testable import AWS

@Suite struct ServiceEndpointTests {
    @Test(arguments: [
        ("https://example.com", "https://example.com", "example.com", ""),
        ("https://example.com/", "https://example.com", "example.com", ""),
        ("https://example.com:443/a/b//", "https://example.com/a/b", "example.com", "/a/b"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1:8080", ""),
        ("http://[::1]:80/x", "http://[::1]/x", "[::1]", "/x"),
        ("http://example.com:443", "http://example.com:443", "example.com:443", ""),
    ])
    func takesAddresses(_ text: String, url: String, host: String, basePath: String) throws {
        let endpoint = try #require(ServiceEndpoint(text))
        #expect(endpoint.url == url)
        #expect(endpoint.host == host)
        #expect(endpoint.basePath == basePath)
    }

    @Test(arguments: [
        "", "example.com", "ftp://example.com", "https://", "https:///path", "https://u:p@example.com",
        "https://example.com?x=1", "https://example.com#f", "https://exa mple.com", "https://example.com/\n",
        "https://:443", "https://exämple.com",
    ])
    func refusesWhatIsNoAddress(_ text: String) {
        #expect(ServiceEndpoint(text) == nil)
    }

    @Test func regionsNewerThanTheProgramAreFitted() throws {
        #expect(
            try EndpointRules(region: "eu-south-9").endpoint(of: .sts).endpoint.host == "sts.eu-south-9.amazonaws.com"
        )
        #expect(
            try EndpointRules(region: "cn-west-7").endpoint(of: .sts).endpoint.host == "sts.cn-west-7.amazonaws.com.cn"
        )
        #expect(try EndpointRules(region: "mars-1").endpoint(of: .sesv2).endpoint.host == "email.mars-1.amazonaws.com")
        #expect(
            try EndpointRules(region: "eu-west-1").endpoint(of: .ssoPortal).endpoint.host
                == "portal.sso.eu-west-1.amazonaws.com"
        )
    }

    @Test(arguments: ["eu-west-1.evil.com/", "eu west", "", "-eu-west-1", "a@b", "é"])
    func aRegionCannotBeAnotherHost(_ region: String) {
        #expect(throws: EndpointProblem.badRegion(region)) {
            _ = try EndpointRules(region: region).endpoint(of: .sesv2)
        }
    }
}
