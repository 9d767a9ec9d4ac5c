/// Whose trouble a service's error is.
enum ErrorClass: Hashable, Sendable {
    /// Too many requests: the source's pace.
    case throttling
    /// The credentials are wrong, expired or not permitted.
    case credentials
    /// The signature's time is too far from the service's.
    case clockSkew
    /// The service is in trouble.
    case transient
    /// Anything else: what it means depends on the operation.
    case other

    /// The codes that AWS's SDKs take for throttling in their standard retry mode.
    private static let throttlingCodes: Set<String> = [
        "BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException", "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException", "RequestLimitExceeded", "RequestThrottled",
        "RequestThrottledException", "SlowDown", "ThrottledException", "Throttling", "ThrottlingException",
        "TooManyRequestsException", "TransactionInProgressException",
    ]

    private static let credentialCodes: Set<String> = [
        "AccountSuspendedException", "ExpiredToken", "ExpiredTokenException",
        "IncompleteSignature", "IncompleteSignatureException", "InvalidAccessKeyId", "InvalidClientTokenId",
        "InvalidSignatureException",
        "InvalidToken", "MissingAuthenticationToken", "MissingAuthenticationTokenException", "NotAuthorized",
        "OptInRequired", "SignatureDoesNotMatch", "TokenRefreshRequired", "UnauthorizedException",
        "UnrecognizedClientException",
    ]

    private static let clockSkewCodes: Set<String> = [
        "RequestExpired", "RequestInTheFuture", "RequestTimeTooSkewed",
    ]

    private static let transientCodes: Set<String> = [
        // STS could not reach the identity provider.
        "IDPCommunicationError", "IDPCommunicationErrorException",
        "InternalError", "InternalFailure", "InternalServerError", "InternalServerException",
        "InternalServiceErrorException", "RequestTimeout", "RequestTimeoutException", "ServiceUnavailable",
        "ServiceUnavailableException",
    ]

    /// Sorts an error: any 429 is throttling, otherwise a known code beats the status.
    init(_ error: ServiceError) {
        let code = error.code ?? ""
        if error.status == 429 || Self.throttlingCodes.contains(code) {
            self = .throttling
        } else if Self.clockSkewCodes.contains(code) {
            self = .clockSkew
        } else if Self.credentialCodes.contains(code) || code.hasPrefix("AccessDenied") {
            self = .credentials
        } else if Self.transientCodes.contains(code) {
            self = error.status == 503 ? .throttling : .transient
        } else if error.status == 503 {
            self = .throttling
        } else if error.status >= 500 {
            self = .transient
        } else if error.code == nil, error.status == 401 || error.status == 403 {
            self = .credentials
        } else {
            self = .other
        }
    }
}
