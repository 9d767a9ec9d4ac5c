import AWS
import ImportWatch
import JSON

/// The part of SESv2 that has to do with reading import jobs.
enum SESService {
    /// What is asked for.
    private enum Operation {
        case getImportJob(String)
        case listImportJobs
    }

    private static let prefix = "/v2/email/import-jobs/"

    /// Answers a request.
    ///
    /// - Parameter now: Seconds since the epoch.
    static func answer(_ request: ReceivedRequest, world: inout World, now: Double) -> ServerAnswer {
        world.statistics.requests += 1
        var answer = decide(request, world: &world, now: now)
        answer.delay = world.latency
        return answer
    }

    private static func decide(_ request: ReceivedRequest, world: inout World, now: Double) -> ServerAnswer {
        let time = now - world.start
        guard let operation = operation(request) else {
            return ServiceAnswers.error(404, "UnknownOperationException", nil, &world)
        }
        let caller: SignatureCheck.Caller
        do {
            let clock = WallTime(millisecondsSinceEpoch: Int64(now * 1000))
            caller = try world.signatures.verify(request, now: clock, elapsed: time)
        } catch {
            world.statistics.refusals[error.code, default: 0] += 1
            return ServiceAnswers.error(error.status, error.code, error.message, &world)
        }
        world.statistics.requestsPerKey[caller.key, default: 0] += 1
        world.statistics.requestsPerRegion[caller.region, default: 0] += 1
        var job: String?
        if case .getImportJob(let id) = operation {
            job = id
            world.statistics.requestsPerJob[id, default: 0] += 1
        } else {
            world.statistics.lists += 1
        }
        if let outage = world.outages.first(where: { $0.covers(time, region: caller.region) }) {
            world.statistics.faults += 1
            return Faults.spoil(ServiceAnswers.reply(.object([]), &world), by: outage.kind ?? .error500, world: &world)
        }
        guard world.allowsRequest(caller, now: now) else { return ServiceAnswers.throttled(&world) }
        let answer =
            switch operation {
            case .getImportJob(let id): get(id, caller, &world, time)
            case .listImportJobs: list(request, caller, &world, time)
            }
        guard let fault = world.fault(job: job, region: caller.region, time: time) else { return answer }
        world.statistics.faults += 1
        return Faults.spoil(
            answer,
            by: fault.kind,
            interval: fault.intervalMs ?? 100,
            message: fault.message,
            world: &world
        )
    }

    private static func operation(_ request: ReceivedRequest) -> Operation? {
        guard request.path.hasPrefix(prefix) else { return nil }
        let label = request.path.dropFirst(prefix.count)
        switch (request.method, label) {
        case ("POST", "list"): return .listImportJobs
        case ("GET", _) where !label.isEmpty && !label.contains("/"):
            return .getImportJob(String(decoding: URIEncoding.decoded(label.utf8), as: UTF8.self))
        default: return nil
        }
    }

    private static func get(
        _ id: String,
        _ caller: SignatureCheck.Caller,
        _ world: inout World,
        _ time: Double
    ) -> ServerAnswer {
        guard let job = world.askJob(id, caller, at: time) else {
            return ServiceAnswers.error(404, "NotFoundException", "Import job \(id) does not exist.", &world)
        }
        return ServiceAnswers.reply(job.answer(at: time), &world)
    }

    private static func list(
        _ request: ReceivedRequest,
        _ caller: SignatureCheck.Caller,
        _ world: inout World,
        _ time: Double
    ) -> ServerAnswer {
        let page: JobPage
        do {
            page = try JobPage(request)
        } catch {
            return ServiceAnswers.error(error.status, error.code, error.message, &world)
        }
        var found: [JSONValue] = []
        var position = page.start
        var next: Int?
        while position < world.jobs.count {
            let job = world.jobs[position]
            if job.belongs(to: caller.account, in: caller.region), job.isKnown(at: time),
                page.destinationType.map(job.imports(to:)) ?? true
            {
                guard found.count < page.size else {
                    next = position
                    break
                }
                found.append(job.summary(at: time))
            }
            position += 1
        }
        var members: [JSONValue.Member] = [.init("ImportJobs", .array(found))]
        if let next { members.append(.init("NextToken", .string(page.token(for: next)))) }
        return ServiceAnswers.reply(.object(members), &world)
    }
}
