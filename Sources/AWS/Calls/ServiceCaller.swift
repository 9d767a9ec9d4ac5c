import ImportWatch

/// Makes calls that someone waits for, with the SDKs' standard retries.
@MainActor
final class ServiceCaller {
    private let ports: AWSPorts
    private var quota = RetryQuota()

    init(ports: AWSPorts) {
        self.ports = ports
    }

    /// Why a call failed for good.
    enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The service refused.
        case service(ServiceError)
        /// There was no answer.
        case transport(TransportError)

        var description: String {
            switch self {
            case .service(let error):
                Redaction.redact(error.message.isEmpty ? error.name : "\(error.name): \(error.message)")
            case .transport(let error): error.description
            }
        }
    }

    /// Calls until an attempt succeeds or there is no use in another.
    ///
    /// - Parameters:
    ///   - attempts: How often at most.
    ///   - request: Makes each attempt's request anew, with a fresh signature.
    ///   - error: What an answer other than 2xx says.
    func call(
        attempts: Int = StandardRetry.Settings().maximumAttempts,
        request: () -> HTTPRequest,
        error: (HTTPResponse, WallTime) -> ServiceError
    ) async throws(Failure) -> HTTPResponse {
        var settings = StandardRetry.Settings()
        settings.maximumAttempts = attempts
        var retry = StandardRetry(settings: settings)
        while true {
            let failure: Failure
            let kind: StandardRetry.Failure
            var hint: Duration?
            switch await ports.transport.answer(to: request()) {
            case .success(let response) where (200..<300).contains(response.status):
                retry.succeeded(quota: &quota)
                return response
            case .success(let response):
                let refusal = error(response, ports.wallTime())
                failure = .service(refusal)
                kind = StandardRetry.Failure(refusal)
                hint = refusal.retryAfter
            case .failure(let error):
                failure = .transport(error)
                kind = StandardRetry.Failure(error)
            }
            guard case .retry(let delay) = retry.failed(kind, hint: hint, random: ports.random(), quota: &quota) else {
                throw failure
            }
            await ports.wait(delay)
        }
    }
}
