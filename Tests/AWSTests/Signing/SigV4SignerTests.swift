import Crypto
import ImportWatch
import Testing

@testable import AWS

@Suite struct SigV4SignerTests {
    private let credentials = Credentials(
        accessKeyID: "AKIDEXAMPLE",
        secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        provider: "test"
    )
    private let request = SigV4Request(
        method: "GET",
        path: "/v2/email/import-jobs/a%2Fb",
        headers: [("host", "email.eu-west-1.amazonaws.com")]
    )

    private func signature(_ headers: [HTTPHeader]) -> String? {
        headers.last?.value.split(separator: "=").last.map(String.init)
    }

    private func expected(at time: WallTime) -> String {
        var signed = request
        signed.headers.append(("X-Amz-Date", time.basicISO8601))
        return SigV4.signature(
            ofCanonicalRequest: signed.canonicalized().request,
            date: time.basicISO8601,
            secret: credentials.secretAccessKey,
            region: "eu-west-1",
            service: "ses"
        )
    }

    @Test func encodesThePathOnceMore() {
        let text = String(decoding: request.canonicalized().request, as: UTF8.self)
        #expect(text.hasPrefix("GET\n/v2/email/import-jobs/a%252Fb\n\nhost:"))
    }

    @Test func theKeptKeyIsThatOfTheDay() throws {
        var signer = SigV4Signer(credentials: credentials, region: "eu-west-1", service: "ses")
        let midnight = try #require(WallTime(rfc3339: "2026-11-24T00:00:00Z"))
        for offset in [-86_400_000, -1001, -1000, -999, -1, 0, 1, 999, 1000, 86_399_999, 86_400_000, -1] {
            let time = midnight.advanced(by: .milliseconds(offset))
            #expect(signature(signer.sign(request, at: time)) == expected(at: time), "\(time.rfc3339)")
        }
    }

    @Test func aValueCopyDoesNotDisturbTheOther() throws {
        var first = SigV4Signer(credentials: credentials, region: "eu-west-1", service: "ses")
        let noon = try #require(WallTime(rfc3339: "2026-11-24T12:00:00Z"))
        _ = first.sign(request, at: noon)
        var second = first
        _ = second.sign(request, at: noon.advanced(by: .seconds(86_400)))
        #expect(signature(first.sign(request, at: noon)) == expected(at: noon))
    }

    @Test func theTokenIsSignedUnlessToldOtherwise() {
        var withToken = credentials
        withToken.sessionToken = "token"
        var signer = SigV4Signer(credentials: withToken, region: "eu-west-1", service: "ses")
        let time = WallTime(secondsSinceEpoch: Int64(1_795_000_000))
        let signed = signer.sign(request, at: time)
        #expect(signed.map(\.name) == ["X-Amz-Security-Token", "X-Amz-Date", "Authorization"])
        #expect(signed.last?.value.contains("SignedHeaders=host;x-amz-date;x-amz-security-token,") == true)
        let unsigned = signer.sign(request, at: time, signsSessionToken: false)
        #expect(unsigned.map(\.name) == signed.map(\.name))
        #expect(signature(unsigned) == expected(at: time))
    }

    @Test func credentialsShowNoSecret() {
        var shown = "\(credentials) \(String(reflecting: credentials))"
        dump(credentials, to: &shown)
        #expect(!shown.contains("wJalr"))
        #expect(!shown.contains("AKIDEXAMPLE"))
        #expect(shown.contains("MPLE from test"))
    }
}
