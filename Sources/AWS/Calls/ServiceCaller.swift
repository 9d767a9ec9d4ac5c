import ImportWatch

/// Makes calls that someone waits for, with the SDKs' standard retries and the service's time in signatures.
@MainActor
public final class ServiceCaller {
    private let ports: AWSPorts
    private var quota = RetryQuota()
    private var skews: [ServiceEndpoint: ClockSkew] = [:]

    /// Makes a caller with a full retry quota.
    public init(ports: AWSPorts) {
        self.ports = ports
    }

    /// Why a call failed for good.
    public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// The service refused.
        case service(ServiceError)
        /// There was no answer.
        case transport(TransportError)

        /// One line for a person, without secrets.
        public var description: String {
            switch self {
            case .service(let error):
                BoundedText.redacted(
                    error.message.isEmpty ? error.name : "\(error.name): \(error.message)",
                    limit: 2000
                )
            case .transport(let error): error.description
            }
        }
    }

    /// How far an endpoint's clock was from this machine's at the last call.
    public func skew(of endpoint: ServiceEndpoint) -> ClockSkew {
        skews[endpoint] ?? ClockSkew()
    }

    /// Calls until an attempt succeeds or there is no use in another.
    ///
    /// A call that is refused for its time is made once more, with the time that the service's answer tells.
    ///
    /// - Parameters:
    ///   - endpoint: Whose clock the signatures follow; `nil` where nothing is signed.
    ///   - attempts: How often at most.
    ///   - repeatsSilence: Whether a call without an answer is worth another attempt.
    ///   - request: Makes each attempt's request anew, with a fresh signature at the given time.
    ///   - error: What an answer other than 2xx says.
    public func call(
        at endpoint: ServiceEndpoint? = nil,
        attempts: Int = 3,
        repeatsSilence: Bool = true,
        request: (WallTime) -> HTTPRequest,
        error: (HTTPResponse, WallTime) -> ServiceError
    ) async throws(Failure) -> HTTPResponse {
        var settings = StandardRetry.Settings()
        settings.maximumAttempts = attempts
        var retry = StandardRetry(settings: settings)
        var mayCorrectClock = true
        while true {
            let failure: Failure
            let kind: StandardRetry.Failure
            var hint: Duration?
            let revision = endpoint.map { skew(of: $0).revision } ?? 0
            switch await ports.transport.answer(to: request(time(at: endpoint))) {
            case .success(let response) where (200..<300).contains(response.status):
                retry.succeeded(quota: &quota)
                _ = learn(response, .accepted, signedUnder: revision, at: endpoint)
                return response
            case .success(let response):
                let refusal = error(response, now)
                let verdict = ClockSkew.Verdict.refused(code: refusal.code ?? "")
                if learn(response, verdict, signedUnder: revision, at: endpoint), mayCorrectClock {
                    mayCorrectClock = false
                    continue
                }
                failure = .service(refusal)
                kind = StandardRetry.Failure(refusal)
                hint = refusal.retryAfter
            case .failure(let error):
                failure = .transport(error)
                kind = repeatsSilence ? StandardRetry.Failure(error) : .permanent
            }
            guard case .retry(let delay) = retry.failed(kind, hint: hint, random: ports.draw(), quota: &quota) else {
                throw failure
            }
            await ports.wait(delay)
        }
    }

    var now: WallTime { ports.wallTime() }

    private func time(at endpoint: ServiceEndpoint?) -> WallTime {
        endpoint.map { skew(of: $0).serviceTime(now: now) } ?? now
    }

    /// Whether a call that was refused is worth repeating with the time that is known now.
    private func learn(
        _ response: HTTPResponse,
        _ verdict: ClockSkew.Verdict,
        signedUnder revision: Int,
        at endpoint: ServiceEndpoint?
    ) -> Bool {
        guard let endpoint else { return false }
        return skews[endpoint, default: ClockSkew()].learn(
            from: response,
            verdict,
            signedUnder: revision,
            now: now
        ).isWorthRepeating
    }
}
