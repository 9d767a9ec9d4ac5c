import ImportWatch

/// What a receiver's answer means.
enum WebhookVerdict {
    /// 2xx is success, 410 the end, all else is tried again; redirects are not followed.
    static func outcome(of result: Result<HTTPResponse, TransportError>, now: WallTime) -> NotificationOutcome {
        switch result {
        case .failure(let error):
            return .retry(NotificationProblem(kind: error.kind, message: error.description))
        case .success(let response):
            let status = response.status
            switch status {
            case 200..<300:
                return .delivered(httpStatus: status)
            case 410:
                return .gone(problem(status, "the receiver wants no more notifications (HTTP 410)"))
            case 300..<400:
                return .retry(
                    problem(status, "the receiver redirects (HTTP \(status)), which is not followed; fix url")
                )
            default:
                var problem = problem(status, "the receiver answered HTTP \(status)")
                problem.retryAfter = response.retryAfter(now: now)
                return .retry(problem)
            }
        }
    }

    private static func problem(_ status: Int, _ message: String) -> NotificationProblem {
        NotificationProblem(kind: "http_\(status)", message: message, httpStatus: status)
    }
}
