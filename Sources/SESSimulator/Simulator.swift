import Foundation
import ImportWatch
import JSON
import Synchronization

/// The simulated service and receiver with all that happens to them.
final class Simulator: Sendable {
    private let world: Mutex<World>

    init(scenario: Scenario, seed: UInt64) {
        world = Mutex(World(scenario: scenario, seed: seed, start: Date().timeIntervalSince1970))
    }

    /// Answers a request to the service, or to `/simulator/…`.
    func answer(_ request: ReceivedRequest) -> ServerAnswer {
        let now = Date().timeIntervalSince1970
        return world.withLock { world in
            request.path.hasPrefix("/simulator/")
                ? world.control(request, now: now) : SESService.answer(request, world: &world, now: now)
        }
    }

    /// Answers a notification to `/hook/NAME` and prints it.
    func receive(_ request: ReceivedRequest) -> ServerAnswer {
        let now = Date().timeIntervalSince1970
        return world.withLock { WebhookReceiver.receive(request, world: &$0, now: now) }
    }
}

/// Everything that changes in the simulator.
struct World: Sendable {
    let start: Double
    private(set) var keys: [String: Scenario.Key] = [:]
    private(set) var jobs: [String: JobTimeline] = [:]
    private(set) var jobOrder: [String] = []
    var bucket: TokenBucket?
    var throttle: Scenario.Throttle?
    var outages: [Scenario.Window] = []
    var faults: [Scenario.Fault] = []
    var webhooks: [String: Scenario.Webhook] = [:]
    var statistics = Statistics()
    private var random: UInt64

    init(scenario: Scenario, seed: UInt64, start: Double) {
        self.start = start
        random = seed
        let standard = Scenario.Key(id: "AKIDSIMULATOR", secret: "simulator-secret", token: nil)
        for key in scenario.keys ?? [standard] { keys[key.id] = key }
        change(scenario, now: start)
    }

    /// Adds a scenario's jobs and webhooks, and replaces throttle, outages and faults where it has them.
    mutating func change(_ scenario: Scenario, now: Double) {
        for job in scenario.jobs ?? [] {
            for number in 0..<(job.count ?? 1) {
                let id = job.count == nil ? job.id : "\(job.id)-\(number)"
                if jobs.updateValue(JobTimeline(job, id: id, start: start, now: now - start), forKey: id) == nil {
                    jobOrder.append(id)
                }
            }
        }
        if let throttle = scenario.throttle {
            self.throttle = throttle
            bucket = TokenBucket(rate: throttle.rate, burst: throttle.burst, now: now)
        }
        if let outages = scenario.outages { self.outages = outages }
        if let faults = scenario.faults { self.faults = faults }
        for webhook in scenario.webhooks ?? [] { webhooks[webhook.name] = webhook }
    }

    /// True with a probability, from the seeded randomness.
    mutating func happens(_ probability: Double) -> Bool {
        random &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (random ^ (random >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Double((mixed ^ (mixed >> 31)) >> 11) / Double(1 << 53) < probability
    }

    /// The fault that hits a request about a job, if one does.
    mutating func fault(job: String?, time: Double) -> Scenario.Fault.Kind? {
        for index in faults.indices {
            let fault = faults[index]
            guard fault.job == nil || fault.job == job, time >= fault.from ?? 0, time < fault.to ?? .infinity,
                fault.times ?? 1 > 0, happens(fault.probability ?? 1)
            else { continue }
            if let times = fault.times { faults[index].times = times - 1 }
            return fault.kind
        }
        return nil
    }

    /// Answers a request to `/simulator/…`.
    mutating func control(_ request: ReceivedRequest, now: Double) -> ServerAnswer {
        switch (request.method, request.path) {
        case ("GET", "/simulator/statistics"):
            return ServerAnswer(status: 200, body: statistics.json.encoded())
        case ("POST", "/simulator/scenario"):
            do {
                change(try Scenario(json: Data(request.body)), now: now)
                return ServerAnswer(status: 200, body: Array("{}".utf8))
            } catch {
                return ServerAnswer(status: 400, body: Array("\(error)\n".utf8))
            }
        default:
            return ServerAnswer(status: 404, body: Array("no such thing\n".utf8))
        }
    }
}
