import Crypto

/// The steps of Signature Version 4 after the canonical request, for signing and for checking signatures.
public enum SigV4 {
    /// The credential scope without the key ID: `20261123/eu-west-1/ses/aws4_request`.
    public static func scope(day: String, region: String, service: String) -> String {
        "\(day)/\(region)/\(service)/aws4_request"
    }

    /// The string to sign for a canonical request.
    public static func stringToSign(_ canonicalRequest: [UInt8], date: String, scope: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(192)
        bytes.append(contentsOf: "AWS4-HMAC-SHA256\n".utf8)
        bytes.append(contentsOf: date.utf8)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: scope.utf8)
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: Hexadecimal.encodedBytes(Digest.sha256(canonicalRequest)))
        return bytes
    }

    /// The key that signs a day's requests to a service in a Region.
    public static func signingKey(secret: String, day: String, region: String, service: String) -> [UInt8] {
        var key = HMACSHA256.code(Array(day.utf8), key: Array(("AWS4" + secret).utf8))
        for part in [region, service, "aws4_request"] { key = HMACSHA256.code(Array(part.utf8), key: key) }
        return key
    }

    /// The signature of a canonical request in hexadecimal, as a service computes it to check one.
    public static func signature(
        ofCanonicalRequest canonicalRequest: [UInt8],
        date: String,
        secret: String,
        region: String,
        service: String
    ) -> String {
        let day = String(date.prefix(8))
        let text = stringToSign(
            canonicalRequest,
            date: date,
            scope: scope(day: day, region: region, service: service)
        )
        let key = signingKey(secret: secret, day: day, region: region, service: service)
        return Hexadecimal.encode(HMACSHA256.code(text, key: key))
    }
}
