import JSON

/// Answers in the form that the service gives them (restJson1).
enum ServiceAnswers {
    static func reply(_ value: JSONValue, _ world: inout World) -> ServerAnswer {
        ServerAnswer(status: 200, headers: headers(&world), body: value.encoded())
    }

    /// An error with its code in `x-amzn-ErrorType`.
    static func error(
        _ status: Int,
        _ code: String,
        _ message: String?,
        _ world: inout World,
        hints: [(String, String)] = []
    ) -> ServerAnswer {
        ServerAnswer(
            status: status,
            headers: headers(&world) + [("x-amzn-ErrorType", code)] + hints,
            body: JSONValue.object(message.map { [.init("message", .string($0))] } ?? []).encoded()
        )
    }

    /// The answer to a request beyond the limit.
    static func throttled(_ world: inout World) -> ServerAnswer {
        world.statistics.throttles += 1
        let throttle = world.throttle
        var hints: [(String, String)] = []
        if let hint = throttle?.retryAfterMs { hints.append(("x-amz-retry-after", String(hint))) }
        if let hint = throttle?.retryAfter { hints.append(("Retry-After", String(hint))) }
        let code = throttle?.code ?? .tooManyRequests
        let status = code == .throttling ? 400 : 429
        return error(status, code.rawValue, "Rate exceeded", &world, hints: hints)
    }

    static func headers(_ world: inout World) -> [(String, String)] {
        [("Content-Type", "application/json"), ("x-amzn-RequestId", world.requestID())]
    }
}
