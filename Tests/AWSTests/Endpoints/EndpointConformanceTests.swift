import JSON
import TestSupport
import Testing

@testable import AWS

/// The public endpoint cases of SESv2 and STS.
@Suite struct EndpointConformanceTests {
    @Test(arguments: [("sesv2", EndpointService.sesv2, 44), ("sts", .sts, 69)])
    func findsTheEndpointOfEveryCase(name: String, service: EndpointService, inScope: Int) throws {
        guard let bytes = try Conformance.read("endpoints/\(name)-endpoint-tests.json") else { return }
        let cases = try #require(try JSONValue(decoding: bytes)["testCases"]?.array)
        var ran = 0
        // EndpointId asks for a multi-Region endpoint with another signature, which this program doesn't speak.
        for testCase in cases where testCase["params"]?["EndpointId"] == nil {
            try check(testCase, of: service)
            ran += 1
        }
        #expect(ran == inScope)
        Conformance.report(
            "endpoints of \(name)",
            ran: ran,
            of: cases.count,
            note: ran < cases.count ? "the others need SigV4a" : ""
        )
    }

    private func check(_ testCase: JSONValue, of service: EndpointService) throws {
        let params = testCase["params"]
        let address = params?["Endpoint"]?.string
        let rules = EndpointRules(
            region: params?["Region"]?.string,
            usesFIPS: params?["UseFIPS"]?.bool ?? false,
            usesDualStack: params?["UseDualStack"]?.bool ?? false,
            usesGlobalSTS: params?["UseGlobalEndpoint"]?.bool ?? false,
            address: try address.map { try #require(ServiceEndpoint($0)) }
        )
        let expected = testCase["expect"]
        let description = "\(params ?? .null)"
        if let url = expected?["endpoint"]?["url"]?.string {
            let found = try rules.endpoint(of: service)
            #expect(found.endpoint.url == url, "\(description)")
            let scheme = expected?["endpoint"]?["properties"]?["authSchemes"]?.array?.first
            if let region = scheme?["signingRegion"]?.string {
                #expect(found.signingRegion == region, "\(description)")
            }
        } else {
            let error = try #require(expected?["error"]?.string)
            do {
                _ = try rules.endpoint(of: service)
                Issue.record("an endpoint for \(description)")
            } catch {
                #expect(Self.name(of: error) == expected?["error"]?.string, "\(description)")
            }
            #expect(!error.isEmpty)
        }
    }

    private static func name(of problem: EndpointProblem) -> String {
        switch problem {
        case .missingRegion: "Invalid Configuration: Missing Region"
        case .badRegion, .badAddress: "not in the suite"
        case .fipsWithAddress: "Invalid Configuration: FIPS and custom endpoint are not supported"
        case .dualStackWithAddress: "Invalid Configuration: Dualstack and custom endpoint are not supported"
        }
    }

    @Test func everyPartitionsRegionsAreKnown() throws {
        guard let bytes = try Conformance.read("endpoints/partitions.json") else { return }
        var ran = 0
        for partition in try #require(try JSONValue(decoding: bytes)["partitions"]?.array) {
            let suffix = try #require(partition["outputs"]?["dnsSuffix"]?.string)
            let dualStack = try #require(partition["outputs"]?["dualStackDnsSuffix"]?.string)
            let global = try #require(partition["outputs"]?["implicitGlobalRegion"]?.string)
            for region in try #require(partition["regions"]?.object).map(\.name) {
                let plain = try EndpointRules(region: region).endpoint(of: .sesv2)
                #expect(plain.endpoint.host == "email.\(region).\(suffix)")
                #expect(plain.signingRegion == (region.hasSuffix("-global") ? global : region))
                let dual = try EndpointRules(region: region, usesDualStack: true).endpoint(of: .sesv2)
                #expect(dual.endpoint.host == "email.\(region).\(dualStack)")
                ran += 1
            }
        }
        Conformance.report("Regions of all partitions", ran: ran, of: ran)
    }
}
