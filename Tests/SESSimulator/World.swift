import ImportWatch
import TestSupport

/// Everything that changes in the simulator.
struct World: Sendable {
    /// The standard key, where a scenario has none.
    static let standardKey = Scenario.Key(id: "AKIDSIMULATOR", secret: "simulator-secret")

    /// When the simulator started, in seconds since the epoch.
    let start: Double
    var signatures = SignatureCheck()
    private(set) var jobs: [JobTimeline] = []
    /// Where the jobs with an ID stand; Regions and accounts may each have one.
    private var positions: [String: [Int]] = [:]
    /// A bucket for each account and Region.
    private var buckets: [String: TokenBucket] = [:]
    private(set) var throttle: Scenario.Throttle?
    private(set) var throttled: [Scenario.Window] = []
    private(set) var outages: [Scenario.Window] = []
    private(set) var faults: [Scenario.Fault] = []
    private(set) var webhooks: [String: Scenario.Webhook] = [:]
    private(set) var latency: Int64 = 0
    var statistics = Statistics()
    private var random: SeededGenerator

    /// - Parameters:
    ///   - seed: Seeds faults and request IDs.
    ///   - start: Seconds since the epoch.
    init(scenario: Scenario, seed: UInt64, start: Double) throws {
        self.start = start
        random = SeededGenerator(seed: seed)
        if scenario.keys == nil { signatures.add(Self.standardKey) }
        try change(scenario, now: start)
    }

    /// Adds a scenario's jobs, keys and webhooks, and replaces the rest where it has it.
    mutating func change(_ scenario: Scenario, now: Double) throws {
        try clear(scenario.clear ?? [])
        for key in scenario.keys ?? [] { signatures.add(key) }
        for job in scenario.jobs ?? [] { add(job, now: now) }
        for webhook in scenario.webhooks ?? [] { webhooks[webhook.name] = webhook }
        if let regions = scenario.regions { signatures.regions = Set(regions) }
        if let throttle = scenario.throttle {
            self.throttle = throttle
            buckets = [:]
        }
        throttled = scenario.throttled ?? throttled
        outages = scenario.outages ?? outages
        faults = scenario.faults ?? faults
        latency = scenario.latencyMs ?? latency
    }

    private mutating func clear(_ members: [String]) throws {
        for member in members {
            switch member {
            case "jobs": (jobs, positions) = ([], [:])
            case "throttle": (throttle, buckets) = (nil, [:])
            case "throttled": throttled = []
            case "outages": outages = []
            case "faults": faults = []
            case "webhooks": webhooks = [:]
            case "regions": signatures.regions = nil
            case "latency_ms": latency = 0
            default: throw ScenarioError("clear: \(member) can't be cleared")
            }
        }
    }

    private mutating func add(_ job: Scenario.Job, now: Double) {
        for number in 0..<(job.count ?? 1) {
            let id =
                job.count == nil
                ? job.id
                : job.id.contains("{n}")
                    ? job.id.replacing("{n}", with: String(number)) : "\(job.id)-\(number)"
            let timeline = JobTimeline(job, id: id, start: start, now: now - start)
            let same = positions[id]?.first { jobs[$0].isSameJob(as: timeline) }
            if let same {
                jobs[same] = timeline
            } else {
                positions[id, default: []].append(jobs.count)
                jobs.append(timeline)
            }
        }
    }

    /// The job that a GetImportJob asks about; `nil` when the caller has none such at that time.
    mutating func askJob(_ id: String, _ caller: SignatureCheck.Caller, at time: Double) -> JobTimeline? {
        let position = positions[id]?.first { jobs[$0].belongs(to: caller.account, in: caller.region) }
        guard let position else { return nil }
        jobs[position].wasAsked(at: time)
        return jobs[position].isKnown(at: time) ? jobs[position] : nil
    }

    /// Whether a request is within its account's and Region's limit.
    mutating func allowsRequest(_ caller: SignatureCheck.Caller, now: Double) -> Bool {
        if throttled.contains(where: { $0.covers(now - start, region: caller.region) }) { return false }
        guard let throttle else { return true }
        let fresh = TokenBucket(rate: throttle.rate, burst: throttle.burst, now: now)
        return buckets["\(caller.account)/\(caller.region)", default: fresh].take(now: now)
    }

    /// The fault that hits a request about a job, if one does.
    mutating func fault(job: String?, region: String, time: Double) -> Scenario.Fault? {
        for index in faults.indices {
            let fault = faults[index]
            guard fault.job == nil || fault.job == job, fault.region ?? region == region, time >= fault.from ?? 0,
                time < fault.to ?? .infinity, fault.times ?? 1 > 0, happens(fault.probability ?? 1)
            else { continue }
            if let times = fault.times { faults[index].times = times - 1 }
            return fault
        }
        return nil
    }

    // MARK: Randomness

    /// True with a probability, from the seeded randomness.
    mutating func happens(_ probability: Double) -> Bool {
        Double(random.next() >> 11) / Double(1 << 53) < probability
    }

    /// A request ID in the form of a UUID.
    mutating func requestID() -> String {
        let digits = [random.next(), random.next()].map { number in
            let text = String(number, radix: 16)
            return String(repeating: "0", count: 16 - text.utf8.count) + text
        }.joined()
        func part(_ from: Int, _ length: Int) -> Substring { digits.dropFirst(from).prefix(length) }
        return "\(part(0, 8))-\(part(8, 4))-4\(part(13, 3))-a\(part(17, 3))-\(part(20, 12))"
    }
}
