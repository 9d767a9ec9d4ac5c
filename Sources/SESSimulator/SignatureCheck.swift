import AWS
import Crypto
import ImportWatch

/// Verifies the Signature Version 4 of a request that was received, as the service does.
struct SignatureCheck {
    enum Verdict {
        case valid(region: String)
        case refused(code: String, message: String)
    }

    /// The greatest difference between the signature's time and the service's, in seconds.
    private static let tolerance = 300.0

    let keys: [String: Scenario.Key]
    let now: WallTime

    func verify(_ request: ReceivedRequest) -> Verdict {
        guard let authorization = request.header("authorization") else {
            return .refused(code: "MissingAuthenticationTokenException", message: "Missing Authentication Token")
        }
        guard let parts = Self.parts(of: authorization), parts.scope.count == 5, parts.scope[4] == "aws4_request",
            let date = request.header("x-amz-date"), date.hasPrefix(parts.scope[1])
        else {
            return .refused(
                code: "IncompleteSignatureException",
                message: "Authorization header or X-Amz-Date is malformed."
            )
        }
        guard let key = keys[parts.scope[0]], key.token == request.header("x-amz-security-token") else {
            return .refused(
                code: "UnrecognizedClientException",
                message: "The security token included in the request is invalid."
            )
        }
        guard parts.scope[3] == "ses" else {
            return .refused(
                code: "InvalidSignatureException",
                message: "Credential should be scoped to correct service: 'ses'."
            )
        }
        guard let signedAt = Self.time(date), abs(signedAt.duration(to: now).seconds) <= Self.tolerance else {
            return .refused(
                code: "InvalidSignatureException",
                message:
                    "Signature expired: \(date) is now earlier than \(now.basicISO8601) (\(now.basicISO8601) - 5 min.)"
            )
        }
        guard signature(request, parts, date: date, secret: key.secret) == parts.signature else {
            return .refused(
                code: "InvalidSignatureException",
                message: "The request signature we calculated does not match the signature you provided."
            )
        }
        return .valid(region: parts.scope[2])
    }

    private func signature(_ request: ReceivedRequest, _ parts: Parts, date: String, secret: String) -> String {
        let headers = parts.signedHeaders.map { name in (name: name, value: request.header(name) ?? "") }
        let canonical = SigV4Request(
            method: request.method,
            path: request.path,
            query: request.query,
            headers: headers,
            payloadHash: Hexadecimal.encode(Digest.sha256(request.body))
        ).canonicalized()
        let (day, region) = (parts.scope[1], parts.scope[2])
        let toSign = SigV4.stringToSign(
            canonical.request,
            date: date,
            scope: SigV4.scope(day: day, region: region, service: "ses")
        )
        let key = SigV4.signingKey(secret: secret, day: day, region: region, service: "ses")
        return Hexadecimal.encode(HMACSHA256.code(toSign, key: key))
    }

    private struct Parts {
        var scope: [String]
        var signedHeaders: [String]
        var signature: String
    }

    private static func parts(of authorization: String) -> Parts? {
        let prefix = "AWS4-HMAC-SHA256 "
        guard authorization.hasPrefix(prefix) else { return nil }
        var values: [String: String] = [:]
        for part in authorization.dropFirst(prefix.count).split(separator: ",") {
            let pair = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { values[String(pair[0])] = String(pair[1]) }
        }
        guard let credential = values["Credential"], let headers = values["SignedHeaders"],
            let signature = values["Signature"]
        else { return nil }
        return Parts(
            scope: credential.split(separator: "/").map(String.init),
            signedHeaders: headers.split(separator: ";").map(String.init),
            signature: signature
        )
    }

    private static func time(_ date: String) -> WallTime? {
        let digits = Array(date.utf8)
        guard digits.count == 16 else { return nil }
        func field(_ range: Range<Int>) -> String { String(decoding: digits[range], as: UTF8.self) }
        return WallTime(
            rfc3339:
                "\(field(0..<4))-\(field(4..<6))-\(field(6..<8))T\(field(9..<11)):\(field(11..<13)):\(field(13..<15))Z"
        )
    }
}
