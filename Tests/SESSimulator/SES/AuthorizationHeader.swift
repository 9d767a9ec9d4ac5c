import ImportWatch

/// The parts of an `Authorization: AWS4-HMAC-SHA256 …` header and the date that goes with it.
struct AuthorizationHeader {
    let keyID: String
    let day: String
    let region: String
    let service: String
    let terminator: String
    let signedHeaders: [String]
    let signature: String
    /// X-Amz-Date as it was sent.
    let date: String

    init(_ request: ReceivedRequest) throws(SignatureCheck.Refusal) {
        guard let text = request.header("authorization"), !text.isEmpty else {
            throw .init(code: "MissingAuthenticationTokenException", message: "Missing Authentication Token")
        }
        let prefix = "AWS4-HMAC-SHA256 "
        guard text.hasPrefix(prefix) else {
            throw .incomplete("Unsupported AWS 'algorithm': only AWS4-HMAC-SHA256 is known.")
        }
        var values: [Substring: Substring] = [:]
        for part in text.dropFirst(prefix.count).split(separator: ",") {
            let pair = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            if pair.count == 2 { values[pair[0]] = pair[1] }
        }
        func required(_ name: Substring) throws(SignatureCheck.Refusal) -> Substring {
            guard let value = values[name] else {
                throw .incomplete("Authorization header requires '\(name)' parameter.")
            }
            return value
        }
        let credential = try required("Credential").split(separator: "/", omittingEmptySubsequences: false)
        signature = String(try required("Signature"))
        signedHeaders = try required("SignedHeaders").split(separator: ";").map(String.init)
        guard credential.count == 5 else {
            throw .incomplete("Credential must have exactly 5 slash-delimited elements.")
        }
        guard let date = request.header("x-amz-date") else {
            throw .incomplete("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
        }
        self.date = date
        keyID = String(credential[0])
        day = String(credential[1])
        region = String(credential[2])
        service = String(credential[3])
        terminator = String(credential[4])
    }

    /// When the request was signed; `nil` when the date is not `20261123T201504Z` or the like.
    var time: WallTime? {
        let digits = Array(date.utf8)
        guard digits.count == 16 else { return nil }
        func field(_ range: Range<Int>) -> String { String(decoding: digits[range], as: UTF8.self) }
        return WallTime(
            rfc3339: "\(field(0..<4))-\(field(4..<6))-\(field(6..<8))T"
                + "\(field(9..<11)):\(field(11..<13)):\(field(13..<15))Z"
        )
    }
}
