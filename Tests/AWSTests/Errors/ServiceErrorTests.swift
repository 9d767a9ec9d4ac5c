import ImportWatch
import JSON
import TestSupport
import Testing

@testable import AWS

@Suite struct ServiceErrorTests {
    private let now = WallTime(secondsSinceEpoch: Int64(1_795_000_000))

    private func error(_ status: Int, _ headers: [String: String] = [:], body: String = "") -> ServiceError {
        let lines = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
        let block = "HTTP/1.1 \(status) Whatever\r\n" + lines + "\r\n"
        return ServiceError(
            HTTPResponse(status: status, headerBlock: Array(block.utf8), body: Array(body.utf8)),
            now: now
        )
    }

    @Test func readsTheErrorsOfRestJSON1() throws {
        guard let bytes = try Conformance.read("protocol/rest-json-output-tests.json") else { return }
        var ran = 0
        for suite in try #require(try JSONValue(decoding: bytes).array) {
            for testCase in suite["cases"]?.array ?? [] {
                guard let expected = testCase["errorCode"]?.string, let response = testCase["response"] else {
                    continue
                }
                let headers = (response["headers"]?.object ?? []).map { ($0.name, $0.value.string ?? "") }
                let error = error(
                    Int(response["status_code"]?.integer ?? 0),
                    Dictionary(headers) { $1 },
                    body: response["body"]?.string ?? ""
                )
                let name = testCase["id"]?.string ?? ""
                #expect(error.code == expected, "\(name)")
                #expect(error.message == testCase["errorMessage"]?.string ?? "", "\(name)")
                ran += 1
            }
        }
        #expect(ran == 12)
        Conformance.report("restJson1 errors", ran: ran, of: ran)
    }

    @Test func theHeaderBeatsTheBody() {
        let error = error(400, ["x-amzn-errortype": "FromHeader:"], body: #"{"code":"FromCode","__type":"FromType"}"#)
        #expect(error.code == "FromHeader")
        #expect(self.error(400, body: #"{"code":"FromCode","__type":"FromType"}"#).code == "FromCode")
        #expect(self.error(400, body: #"{"code":42,"__type":"a#FromType"}"#).code == "FromType")
    }

    @Test(arguments: ["", "<html>502</html>", "[]", "null", "{\"code\":null}", "\u{0}", "{\"__type\":\"#\"}"])
    func bodiesWithoutACodeAreNamedByTheirStatus(_ body: String) {
        let error = error(502, body: body)
        #expect(error.code == nil)
        #expect(error.problem.code == "HTTP 502")
        #expect(error.problem.message == "the service gave no reason")
        #expect(error.problem.httpStatus == 502)
    }

    @Test func keepsMessageAndRequestID() {
        let error = error(
            404,
            ["X-AMZN-RequestId": "id-1"],
            body: #"{"message":"no such job","__type":"NotFoundException"}"#
        )
        #expect(error.problem.requestID == "id-1")
        #expect(error.problem.message == "no such job")
        #expect(error.problem.code == "NotFoundException")
    }

    @Test func messagesThatCarrySecretsAreRedacted() {
        let body = #"{"message":"see https://b.s3.amazonaws.com/k?X-Amz-Signature=0123"}"#
        #expect(!error(400, body: body).problem.message.contains("0123"))
    }

    @Test(
        arguments: [
            (["x-amz-retry-after": "1500"], Duration.milliseconds(1500)),
            (["x-amz-retry-after": "0", "Retry-After": "9"], .zero),
            (["x-amz-retry-after": "soon", "Retry-After": "9"], .seconds(9)),
            (["Retry-After": "120"], .seconds(120)),
            (["Retry-After": "Tue, 18 Nov 2026 10:08:20 GMT"], .milliseconds(1_794_996_500_000 - 1_795_000_000_000)),
            (["Retry-After": "-1"], nil), (["Retry-After": "1e9"], nil), (["Retry-After": "99999999999999999999"], nil),
            (["Retry-After": ""], nil), ([:], nil),
        ] as [([String: String], Duration?)]
    )
    func readsHintsToWait(headers: [String: String], expected: Duration?) {
        let hint = error(429, headers).retryAfter
        #expect(hint == expected.map { max(.zero, $0) })
    }

    @Test func datesToWaitForCountFromNow() {
        #expect(error(429, ["Retry-After": "Wed, 18 Nov 2026 11:07:10 GMT"]).retryAfter == .seconds(30))
        #expect(now.rfc3339 == "2026-11-18T11:06:40.000Z")
    }
}
