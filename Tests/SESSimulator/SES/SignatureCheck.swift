import AWS
import Crypto
import ImportWatch

/// Verifies the Signature Version 4 of requests that were received, as the service does.
struct SignatureCheck {
    /// Whose request it is.
    struct Caller {
        var key: String
        var account: String
        var region: String
    }

    /// Why a request is turned away.
    struct Refusal: Error {
        var status = 403
        var code: String
        var message: String
    }

    /// The greatest difference between the signature's time and the service's, in seconds.
    private static let tolerance = 300.0

    private(set) var keys: [String: Scenario.Key] = [:]
    /// The Regions that exist; any if `nil`.
    var regions: Set<String>?
    /// Signing keys, which are the same for a day.
    private var signingKeys: [String: [UInt8]] = [:]

    /// Adds a key, or replaces the one with its ID.
    mutating func add(_ key: Scenario.Key) {
        keys[key.id] = key
        signingKeys = [:]
    }

    /// Tells whose request it is.
    ///
    /// - Parameters:
    ///   - now: The time by the service's clock.
    ///   - elapsed: Seconds since the simulator's start.
    mutating func verify(
        _ request: ReceivedRequest,
        now: WallTime,
        elapsed: Double
    ) throws(Refusal) -> Caller {
        let header = try AuthorizationHeader(request)
        guard let key = keys[header.keyID] else { throw .unrecognized }
        if let token = request.header("x-amz-security-token"), token != key.token { throw .unrecognized }
        if key.token != nil, request.header("x-amz-security-token") == nil { throw .unrecognized }
        try checkScope(header)
        try checkDate(header, now: now)
        let expected = signature(request, header, secret: key.secret)
        guard constantTimeEqual(Array(expected.utf8), Array(header.signature.utf8)) else {
            throw .invalid(
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
                    + "Access Key and signing method. Consult the service documentation for details."
            )
        }
        if let expiry = key.expiresAt, elapsed >= expiry {
            throw Refusal(
                code: "ExpiredTokenException",
                message: "The security token included in the request is expired"
            )
        }
        return Caller(key: key.id, account: key.account ?? "", region: header.region)
    }

    private func checkScope(_ header: AuthorizationHeader) throws(Refusal) {
        guard header.terminator == "aws4_request" else {
            throw .invalid("Credential should be scoped with a valid terminator: 'aws4_request'.")
        }
        guard header.service == "ses" else { throw .invalid("Credential should be scoped to correct service: 'ses'. ") }
        guard regions?.contains(header.region) ?? true else {
            throw .invalid("Credential should be scoped to a valid region. ")
        }
        guard header.date.hasPrefix(header.day) else {
            throw .invalid("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.")
        }
        for name in ["host", "x-amz-date"] where !header.signedHeaders.contains(name) {
            throw .invalid("'\(name)' must be a 'SignedHeader' in the AWS Authorization.")
        }
    }

    private func checkDate(_ header: AuthorizationHeader, now: WallTime) throws(Refusal) {
        guard let signedAt = header.time else { throw .incomplete("Date must be in ISO-8601 'basic format'.") }
        let age = signedAt.duration(to: now).seconds
        func limit(_ seconds: Double) -> String {
            WallTime(millisecondsSinceEpoch: now.millisecondsSinceEpoch + Int64(seconds * 1000)).basicISO8601
        }
        if age > Self.tolerance {
            throw .invalid(
                "Signature expired: \(header.date) is now earlier than \(limit(-Self.tolerance)) "
                    + "(\(now.basicISO8601) - 5 min.)"
            )
        }
        if age < -Self.tolerance {
            throw .invalid(
                "Signature not yet current: \(header.date) is still later than \(limit(Self.tolerance)) "
                    + "(\(now.basicISO8601) + 5 min.)"
            )
        }
    }

    private mutating func signature(
        _ request: ReceivedRequest,
        _ header: AuthorizationHeader,
        secret: String
    ) -> String {
        let canonical = SigV4Request(
            method: request.method,
            path: request.path,
            query: request.query,
            headers: header.signedHeaders.map { (name: $0, value: request.header($0) ?? "") },
            payloadHash: request.body.isEmpty
                ? SigV4Request.emptyPayloadHash : Hexadecimal.encode(Digest.sha256(request.body))
        ).canonicalized()
        let scope = SigV4.scope(day: header.day, region: header.region, service: header.service)
        let name = "\(header.keyID)/\(scope)"
        let key =
            signingKeys[name]
            ?? SigV4.signingKey(secret: secret, day: header.day, region: header.region, service: header.service)
        if signingKeys.count > 1000 { signingKeys = [:] }
        signingKeys[name] = key
        let text = SigV4.stringToSign(canonical.request, date: header.date, scope: scope)
        return Hexadecimal.encode(HMACSHA256.code(text, key: key))
    }
}

extension SignatureCheck.Refusal {
    static let unrecognized = Self(
        code: "UnrecognizedClientException",
        message: "The security token included in the request is invalid."
    )

    static func invalid(_ message: String) -> Self {
        Self(code: "InvalidSignatureException", message: message)
    }

    static func incomplete(_ message: String) -> Self {
        Self(status: 400, code: "IncompleteSignatureException", message: message)
    }
}
