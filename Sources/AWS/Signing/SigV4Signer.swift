import Crypto
import ImportWatch

/// Signs requests with AWS Signature Version 4 (AWS4-HMAC-SHA256), keeping the day's signing key.
///
/// The key belongs to one secret, Region, service and day; other credentials need another signer.
struct SigV4Signer {
    /// Whose signature it is.
    let credentials: Credentials
    /// The Region in the credential scope.
    let region: String
    /// The service's signing name in the credential scope, `ses` for SESv2.
    let service: String
    private var second: Second?
    private var day: Day?

    /// What is the same for all requests of one second.
    private struct Second {
        var number: Int64
        var date: String
    }

    /// What is the same for all requests of one day.
    private struct Day {
        var name: Substring
        var scope: String
        var key: HMACSHA256?
    }

    init(credentials: Credentials, region: String, service: String) {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// The headers to add to a request so that it is signed: X-Amz-Security-Token if there is a session token,
    /// X-Amz-Date, and Authorization.
    ///
    /// - Parameters:
    ///   - request: The request with all headers that are to be signed, but for the ones added here.
    ///   - signsSessionToken: Whether the session token is signed; some services want it added after signing.
    mutating func sign(
        _ request: SigV4Request,
        at time: WallTime,
        signsSessionToken: Bool = true
    ) -> [HTTPHeader] {
        let date = date(at: time)
        var added: [HTTPHeader] = []
        added.reserveCapacity(3)
        var signed = request
        if let token = credentials.sessionToken {
            added.append(HTTPHeader("X-Amz-Security-Token", token))
            if signsSessionToken { signed.headers.append(("x-amz-security-token", token)) }
        }
        added.append(HTTPHeader("X-Amz-Date", date))
        signed.headers.append(("x-amz-date", date))
        let (canonical, signedHeaders) = signed.canonicalized()
        let day = day(of: date)
        let signature = day.key?.code(SigV4.stringToSign(canonical, date: date, scope: day.scope)) ?? []
        var authorization = ""
        authorization.reserveCapacity(256)
        authorization.append("AWS4-HMAC-SHA256 Credential=")
        authorization.append(credentials.accessKeyID)
        authorization.append("/")
        authorization.append(day.scope)
        authorization.append(", SignedHeaders=")
        authorization.append(signedHeaders)
        authorization.append(", Signature=")
        authorization.append(Hexadecimal.encode(signature))
        added.append(HTTPHeader("Authorization", authorization))
        return added
    }

    private mutating func date(at time: WallTime) -> String {
        let number = time.secondsSinceEpoch
        if let second, second.number == number { return second.date }
        let date = time.basicISO8601
        second = Second(number: number, date: date)
        return date
    }

    private mutating func day(of date: String) -> Day {
        let name = date.prefix(8)
        if let day, day.name == name { return day }
        let key = SigV4.signingKey(
            secret: credentials.secretAccessKey,
            day: String(name),
            region: region,
            service: service
        )
        let fresh = Day(
            name: name,
            scope: SigV4.scope(day: String(name), region: region, service: service),
            key: HMACSHA256(key: key)
        )
        day = fresh
        return fresh
    }
}
