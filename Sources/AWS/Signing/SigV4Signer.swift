import Crypto
import ImportWatch

/// Signs requests with AWS Signature Version 4 (AWS4-HMAC-SHA256), keeping the day's signing key.
public struct SigV4Signer {
    /// Whose signature it is.
    public let credentials: Credentials
    /// The Region in the credential scope.
    public let region: String
    /// The service's signing name in the credential scope, `ses` for SESv2.
    public let service: String
    private var dayOfKey = ""
    private var key: HMACSHA256?

    /// Makes a signer.
    public init(credentials: Credentials, region: String, service: String) {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// The headers to add to a request so that it is signed: X-Amz-Date, X-Amz-Security-Token if there is a session
    /// token, and Authorization.
    ///
    /// - Parameters:
    ///   - request: The request with all headers that are to be signed, but for the ones added here.
    ///   - signsSessionToken: Whether the session token is signed; some services want it added after signing.
    public mutating func sign(
        _ request: SigV4Request,
        at time: WallTime,
        signsSessionToken: Bool = true
    ) -> [HTTPHeader] {
        let date = time.basicISO8601
        var added = [HTTPHeader("X-Amz-Date", date)]
        if let token = credentials.sessionToken { added.append(HTTPHeader("X-Amz-Security-Token", token)) }
        var signed = request
        for header in added where signsSessionToken || header.name != "X-Amz-Security-Token" {
            signed.headers.append((header.name, header.value))
        }
        let (canonical, signedHeaders) = signed.canonicalized()
        let day = String(date.prefix(8))
        let scope = SigV4.scope(day: day, region: region, service: service)
        let signature = signature(of: SigV4.stringToSign(canonical, date: date, scope: scope), day: day)
        added.append(
            HTTPHeader(
                "Authorization",
                "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), "
                    + "SignedHeaders=\(signedHeaders), Signature=\(signature)"
            )
        )
        return added
    }

    private mutating func signature(of stringToSign: [UInt8], day: String) -> String {
        if day != dayOfKey {
            key = HMACSHA256(
                key: SigV4.signingKey(secret: credentials.secretAccessKey, day: day, region: region, service: service)
            )
            dayOfKey = day
        }
        return Hexadecimal.encode(key?.code(stringToSign) ?? [])
    }
}

/// The steps of Signature Version 4 after the canonical request, for signing and for checking signatures.
public enum SigV4 {
    /// The credential scope without the key ID: `20261123/eu-west-1/ses/aws4_request`.
    public static func scope(day: String, region: String, service: String) -> String {
        "\(day)/\(region)/\(service)/aws4_request"
    }

    /// The string to sign for a canonical request.
    public static func stringToSign(_ canonicalRequest: [UInt8], date: String, scope: String) -> [UInt8] {
        var bytes = Array("AWS4-HMAC-SHA256\n\(date)\n\(scope)\n".utf8)
        bytes.append(contentsOf: Hexadecimal.encodedBytes(Digest.sha256(canonicalRequest)))
        return bytes
    }

    /// The key that signs a day's requests to a service in a Region.
    public static func signingKey(secret: String, day: String, region: String, service: String) -> [UInt8] {
        var key = HMACSHA256.code(Array(day.utf8), key: Array(("AWS4" + secret).utf8))
        for part in [region, service, "aws4_request"] { key = HMACSHA256.code(Array(part.utf8), key: key) }
        return key
    }
}
