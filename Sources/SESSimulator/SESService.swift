import AWS
import ImportWatch
import JSON

/// The part of SESv2 that has to do with reading import jobs.
enum SESService {
    static func answer(_ request: ReceivedRequest, world: inout World, now: Double) -> ServerAnswer {
        world.statistics.requests += 1
        let time = now - world.start
        let prefix = "/v2/email/import-jobs/"
        let isList = request.method == "POST" && request.path == prefix + "list"
        let label = request.path.hasPrefix(prefix) ? String(request.path.dropFirst(prefix.count)) : nil
        let job = label.map { String(decoding: URIEncoding.decoded($0.utf8), as: UTF8.self) }
        let check = SignatureCheck(keys: world.keys, now: WallTime(millisecondsSinceEpoch: Int64(now * 1000)))
        switch check.verify(request) {
        case .refused(let code, let message):
            world.statistics.refusedSignatures += 1
            return error(403, code, message, &world)
        case .valid:
            let key = request.header("authorization")?.split(separator: "/").first?.split(separator: "=").last
            world.statistics.requestsPerKey[key.map(String.init) ?? "", default: 0] += 1
        }
        if let job, !isList { world.statistics.requestsPerJob[job, default: 0] += 1 }
        if world.outages.contains(where: { $0.from <= time && time < $0.to }) {
            return error(500, "InternalFailure", "The service is down.", &world)
        }
        if let throttled = throttle(&world, now: now) { return throttled }
        let answer = isList ? list(request, &world, time) : get(request, job, &world, time)
        guard let fault = world.fault(job: job, time: time) else { return answer }
        world.statistics.faults += 1
        return spoiled(answer, by: fault, &world)
    }

    // MARK: Operations

    private static func get(
        _ request: ReceivedRequest,
        _ job: String?,
        _ world: inout World,
        _ time: Double
    ) -> ServerAnswer {
        guard request.method == "GET", let job, !job.isEmpty, request.path.split(separator: "/").count == 4 else {
            return error(404, "UnknownOperationException", nil, &world)
        }
        guard let timeline = world.jobs[job], timeline.isKnown(at: time) else {
            return error(404, "NotFoundException", "Import job \(job) does not exist.", &world)
        }
        return reply(timeline.answer(at: time), &world)
    }

    private static func list(_ request: ReceivedRequest, _ world: inout World, _ time: Double) -> ServerAnswer {
        let body = (try? JSONValue(decoding: request.body)) ?? .object([])
        let size = max(1, min(1000, Int(body["PageSize"]?.integer ?? 100)))
        let start = body["NextToken"]?.string.flatMap { Int($0) } ?? 0
        let known = world.jobOrder.filter { world.jobs[$0]?.isKnown(at: time) == true }
        guard start >= 0, start <= known.count else {
            return error(400, "BadRequestException", "The NextToken is invalid.", &world)
        }
        let page = known[start..<min(known.count, start + size)]
        var members: [JSONValue.Member] = [
            .init("ImportJobs", .array(page.compactMap { world.jobs[$0]?.summary(at: time) }))
        ]
        if page.endIndex < known.count { members.append(.init("NextToken", .string(String(page.endIndex)))) }
        return reply(.object(members), &world)
    }

    // MARK: Answers

    private static func reply(_ value: JSONValue, _ world: inout World) -> ServerAnswer {
        ServerAnswer(status: 200, headers: headers(world), body: value.encoded())
    }

    private static func error(
        _ status: Int,
        _ code: String,
        _ message: String?,
        _ world: inout World,
        extra: [(String, String)] = []
    ) -> ServerAnswer {
        ServerAnswer(
            status: status,
            headers: headers(world) + [("x-amzn-ErrorType", code)] + extra,
            body: JSONValue.object([.init("message", JSONValue(message))]).encoded()
        )
    }

    private static func headers(_ world: World) -> [(String, String)] {
        [
            ("Content-Type", "application/json"),
            ("x-amzn-RequestId", "simulated-\(world.statistics.requests)"),
        ]
    }

    private static func throttle(_ world: inout World, now: Double) -> ServerAnswer? {
        guard world.bucket?.take(now: now) == false else { return nil }
        world.statistics.throttles += 1
        let hint = world.throttle?.retryAfterMs.map { [("x-amz-retry-after", String($0))] } ?? []
        return error(429, "TooManyRequestsException", "Rate exceeded", &world, extra: hint)
    }

    private static func spoiled(
        _ answer: ServerAnswer,
        by fault: Scenario.Fault.Kind,
        _ world: inout World
    ) -> ServerAnswer {
        switch fault {
        case .reset: ServerAnswer(raw: answer.bytes, manner: .reset)
        case .hang: ServerAnswer(raw: answer.bytes, manner: .hang)
        case .slow: ServerAnswer(raw: answer.bytes, manner: .slow)
        case .truncated: ServerAnswer(raw: answer.bytes, manner: .truncated)
        case .close: ServerAnswer(raw: answer.bytes, manner: .thenClose)
        case .garbage: ServerAnswer(raw: Array("\u{1}\u{2}garbage\r\n\r\n".utf8), manner: .thenClose)
        case .error500: error(500, "InternalFailure", "An internal error occurred.", &world)
        case .error503: ServerAnswer(status: 503, body: Array("Service Unavailable".utf8))
        case .html:
            ServerAnswer(
                status: 502,
                headers: [("Content-Type", "text/html")],
                body: Array("<html><body><h1>502 Bad Gateway</h1></body></html>".utf8)
            )
        case .oversized:
            ServerAnswer(status: 200, headers: headers(world), body: [UInt8](repeating: 0x20, count: 2 << 20))
        case .expired:
            error(403, "ExpiredTokenException", "The security token included in the request is expired", &world)
        }
    }
}
