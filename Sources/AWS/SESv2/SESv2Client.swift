import Crypto
import ImportWatch

/// Makes signed requests of operations: what all of them have in common.
public struct SESv2Client {
    /// Where the service is reached.
    public let endpoint: ServiceEndpoint
    private let region: String
    private let connectTimeout: Duration
    private let timeout: Duration
    private let tls: HTTPRequest.TLSFiles
    /// That of the last request's credentials, for it keeps the day's key.
    private var signer: SigV4Signer?

    /// - Parameters:
    ///   - region: The Region in the credential scope.
    ///   - timeout: For the whole of an exchange.
    public init(
        endpoint: ServiceEndpoint,
        region: String,
        connectTimeout: Duration,
        timeout: Duration,
        tls: HTTPRequest.TLSFiles = HTTPRequest.TLSFiles()
    ) {
        self.endpoint = endpoint
        self.region = region
        self.connectTimeout = connectTimeout
        self.timeout = timeout
        self.tls = tls
    }

    /// The request for one call.
    ///
    /// - Parameter time: The service's time, as far as it is known, for the signature.
    public mutating func request<Operation: SESv2Operation>(
        _ operation: Operation,
        signedWith credentials: Credentials,
        at time: WallTime
    ) -> HTTPRequest {
        let call = operation.call
        var signed = SigV4Request(
            method: call.method.rawValue,
            path: endpoint.basePath + call.path,
            query: call.query,
            headers: [("host", endpoint.host)]
        )
        var headers: [HTTPHeader] = []
        if !call.body.isEmpty {
            headers.append(HTTPHeader("Content-Type", "application/json"))
            signed.headers.append(("content-type", "application/json"))
            signed.payloadHash = Hexadecimal.encode(Digest.sha256(call.body))
        }
        headers += sign(signed, with: credentials, at: time)
        return HTTPRequest(
            method: call.method,
            url: endpoint.url + call.path + (call.query.isEmpty ? "" : "?" + call.query),
            headers: headers,
            body: call.body,
            connectTimeout: connectTimeout,
            timeout: timeout,
            tls: tls,
            answer: HTTPRequest.Answer(limit: Operation.answerLimit)
        )
    }

    private mutating func sign(
        _ request: SigV4Request,
        with credentials: Credentials,
        at time: WallTime
    ) -> [HTTPHeader] {
        var signer =
            signer.flatMap { $0.credentials == credentials ? $0 : nil }
            ?? SigV4Signer(credentials: credentials, region: region, service: "ses")
        // Held by one variable alone, or its dates would be copied at each request.
        self.signer = nil
        defer { self.signer = signer }
        return signer.sign(request, at: time)
    }
}

extension ServiceCaller {
    /// What comes of an operation in the end, after the SDKs' standard retries.
    public func result<Operation: SESv2Operation>(
        of operation: Operation,
        by client: SESv2Client,
        signedWith credentials: Credentials
    ) async -> CallResult<Operation.Answer> {
        var client = client
        do throws(Failure) {
            let response = try await call(
                at: client.endpoint,
                request: { client.request(operation, signedWith: credentials, at: $0) },
                error: ServiceError.init
            )
            return operation.result(of: response, now: now)
        } catch {
            switch error {
            case .transport(let error): return Operation.result(of: error)
            case .service(let error): return Operation.result(of: error)
            }
        }
    }
}
