import ImportWatch
import JSON

/// The SESv2 operation GetImportJob: asks about one import job.
public enum GetImportJob {
    /// The longest answer that is taken, in bytes: its texts have at most some 20,000.
    static let answerLimit = 128 << 10

    /// The signed request to `/v2/email/import-jobs/{JobId}`, the ID percent-encoded as one label.
    ///
    /// - Parameter time: The service's time, as far as it is known, for the signature.
    public static func request(
        jobID: String,
        endpoint: ServiceEndpoint,
        signer: inout SigV4Signer,
        at time: WallTime,
        connectTimeout: Duration,
        timeout: Duration,
        tls: HTTPRequest.TLSFiles = HTTPRequest.TLSFiles()
    ) -> HTTPRequest {
        let label = "/v2/email/import-jobs/" + URIEncoding.encode(jobID)
        let signed = signer.sign(
            SigV4Request(method: "GET", path: endpoint.basePath + label, headers: [("host", endpoint.host)]),
            at: time
        )
        return HTTPRequest(
            method: .get,
            url: endpoint.url + label,
            headers: signed,
            connectTimeout: connectTimeout,
            timeout: timeout,
            tls: tls,
            answer: HTTPRequest.Answer(limit: answerLimit)
        )
    }

    /// What an answer says about the job that was asked for.
    public static func result(of response: HTTPResponse, jobID: String, now: WallTime) -> PollResult {
        guard (200..<300).contains(response.status) else { return refusal(ServiceError(response, now: now)) }
        let requestID = response.header("x-amzn-requestid")
        do {
            return .answered(try ImportJobDecoder.decode(response.body, jobID: jobID), requestID: requestID)
        } catch {
            let problem = ServiceProblem(
                code: "UnreadableAnswer",
                message: "HTTP \(response.status) with a body that can't be read: \(error)",
                requestID: requestID,
                httpStatus: response.status
            )
            return .unavailable(problem, retryAfter: nil)
        }
    }

    /// What a failed exchange says: nothing about the job, only about the way to the service.
    public static func result(of error: TransportError) -> PollResult {
        .unavailable(ServiceProblem(code: error.kind, message: error.description), retryAfter: nil)
    }

    private static func refusal(_ error: ServiceError) -> PollResult {
        switch ErrorClass(error) {
        case .throttling: .throttled(error.problem, retryAfter: error.retryAfter)
        case .credentials, .clockSkew: .credentialsRefused(error.problem)
        case .transient: .unavailable(error.problem, retryAfter: error.retryAfter)
        case .other:
            switch error.code {
            case "NotFoundException": .jobRefused(.notFound, error.problem)
            case "BadRequestException": .jobRefused(.badRequest, error.problem)
            default: .unavailable(error.problem, retryAfter: error.retryAfter)
            }
        }
    }
}
