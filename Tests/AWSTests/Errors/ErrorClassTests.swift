import ImportWatch
import Testing

@testable import AWS

@Suite struct ErrorClassTests {
    private func classify(_ status: Int, _ code: String?) -> ErrorClass {
        let header = code.map { "x-amzn-ErrorType: \($0)\r\n" } ?? ""
        let response = HTTPResponse(status: status, headerBlock: Array("HTTP/1.1 \(status) X\r\n\(header)\r\n".utf8))
        return ErrorClass(ServiceError(response, now: WallTime(secondsSinceEpoch: Int64(0))))
    }

    @Test(arguments: [
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
        "TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException",
        "RequestThrottled", "SlowDown", "PriorRequestNotComplete", "EC2ThrottledException",
        "ProvisionedThroughputExceededException", "TransactionInProgressException",
    ])
    func throttlingCodesAreThrottling(_ code: String) {
        for status in [400, 429, 503] { #expect(classify(status, code) == .throttling) }
    }

    @Test func any429AndAPlain503AreThrottling() {
        #expect(classify(429, nil) == .throttling)
        #expect(classify(429, "AccessDeniedException") == .throttling)
        #expect(classify(503, nil) == .throttling)
        #expect(classify(503, "ServiceUnavailable") == .throttling)
    }

    @Test(arguments: [
        "AccessDenied", "AccessDeniedException", "AccessDeniedByPolicy", "UnrecognizedClientException",
        "InvalidClientTokenId", "SignatureDoesNotMatch", "InvalidSignatureException", "ExpiredToken",
        "ExpiredTokenException", "MissingAuthenticationToken", "MissingAuthenticationTokenException",
        "IncompleteSignature", "IncompleteSignatureException", "OptInRequired", "NotAuthorized",
    ])
    func codesAboutCredentialsBeatTheStatus(_ code: String) {
        for status in [400, 401, 403, 500] { #expect(classify(status, code) == .credentials) }
    }

    @Test func refusalsWithoutACodeAreAboutCredentials() {
        #expect(classify(401, nil) == .credentials)
        #expect(classify(403, nil) == .credentials)
        #expect(classify(403, "NotFoundException") == .other)
    }

    @Test(arguments: ["RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture"])
    func codesAboutTheClockAreSkew(_ code: String) {
        for status in [400, 403] { #expect(classify(status, code) == .clockSkew) }
    }

    @Test func serverErrorsAreTransient() {
        for status in [500, 502, 504] { #expect(classify(status, nil) == .transient) }
        #expect(classify(400, "RequestTimeout") == .transient)
        #expect(classify(500, "SomethingNew") == .transient)
    }

    @Test func theRestIsForTheOperationToSay() {
        #expect(classify(404, "NotFoundException") == .other)
        #expect(classify(400, "BadRequestException") == .other)
        #expect(classify(404, nil) == .other)
        #expect(classify(302, nil) == .other)
    }
}
