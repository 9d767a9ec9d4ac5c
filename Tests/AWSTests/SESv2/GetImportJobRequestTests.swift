import ImportWatch
import Testing

@testable import AWS

@Suite struct GetImportJobRequestTests {
    private static let regional = ServiceEndpoint(host: "email.eu-west-1.amazonaws.com")

    private func request(_ jobID: String, endpoint: ServiceEndpoint = Self.regional) -> HTTPRequest {
        var client = SESv2Client(
            endpoint: endpoint,
            region: "eu-west-1",
            connectTimeout: .seconds(2),
            timeout: .seconds(7)
        )
        let credentials = Credentials(
            accessKeyID: "AKIDEXAMPLE",
            secretAccessKey: "secret",
            sessionToken: "token",
            provider: "test"
        )
        let time = WallTime(secondsSinceEpoch: Int64(1_795_000_000))
        return client.request(GetImportJob(jobID: jobID), signedWith: credentials, at: time)
    }

    @Test func asksTheRegionalEndpoint() {
        let request = request("6f0c-1.2_3~4")
        #expect(request.method == .get)
        #expect(request.url == "https://email.eu-west-1.amazonaws.com/v2/email/import-jobs/6f0c-1.2_3~4")
        #expect(request.body.isEmpty)
        #expect(request.connectTimeout == .seconds(2))
        #expect(request.timeout == .seconds(7))
        #expect(request.headers.map(\.name) == ["X-Amz-Security-Token", "X-Amz-Date", "Authorization"])
        #expect(request.headers.last?.value.contains("/20261118/eu-west-1/ses/aws4_request, ") == true)
    }

    @Test func theIDIsOneLabelWhateverItHolds() {
        #expect(request("a/b c%é?#&+=:@").url.hasSuffix("/import-jobs/a%2Fb%20c%25%C3%A9%3F%23%26%2B%3D%3A%40"))
    }

    @Test func aConfiguredEndpointKeepsItsPath() throws {
        let endpoint = try #require(ServiceEndpoint("http://127.0.0.1:8080/base/"))
        let url = request("j", endpoint: endpoint).url
        #expect(url == "http://127.0.0.1:8080/base/v2/email/import-jobs/j")
    }

    @Test func theSignatureIsThatOfTheAddressSent() throws {
        let endpoint = try #require(ServiceEndpoint("https://proxy.example:443/base"))
        let request = request("a/b", endpoint: endpoint)
        let canonical = SigV4Request(
            method: "GET",
            path: "/base/v2/email/import-jobs/a%2Fb",
            headers: [
                ("Host", "proxy.example"), ("X-Amz-Date", "20261118T110640Z"), ("X-Amz-Security-Token", "token"),
            ]
        ).canonicalized()
        let signature = SigV4.signature(
            ofCanonicalRequest: canonical.request,
            date: "20261118T110640Z",
            secret: "secret",
            region: "eu-west-1",
            service: "ses"
        )
        let expected =
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261118/eu-west-1/ses/aws4_request, "
            + "SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=\(signature)"
        #expect(request.headers.last?.value == expected)
    }
}
