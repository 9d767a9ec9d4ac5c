import Foundation

/// What the simulator plays, decoded from a JSON file in snake_case; the program's help shows every member.
///
/// Times are seconds. Windows (`from`, `to`) count from the simulator's start.
struct Scenario: Decodable, Sendable {
    /// An access key of an account.
    struct Key: Decodable, Sendable {
        var id: String
        var secret: String
        var token: String?
        var account: String?
        /// From then on the session token counts as expired.
        var expiresAt: Double?
    }

    /// The request limit of each account and Region.
    struct Throttle: Decodable, Sendable {
        enum Code: String, Decodable, Sendable {
            case tooManyRequests = "TooManyRequestsException"
            case throttling = "ThrottlingException"
        }

        var rate: Double
        var burst: Double
        /// The hint `x-amz-retry-after`, in milliseconds.
        var retryAfterMs: Int?
        /// The hint `Retry-After`, in seconds.
        var retryAfter: Int?
        var code: Code?
    }

    /// A stretch of time in which everything, or all of one Region, is throttled or down.
    struct Window: Decodable, Sendable {
        var from: Double?
        var to: Double?
        var region: String?
        var kind: Fault.Kind?

        func covers(_ time: Double, region: String) -> Bool {
            time >= from ?? 0 && time < to ?? .infinity && (self.region ?? region) == region
        }
    }

    /// What goes wrong with some answers.
    struct Fault: Decodable, Sendable {
        enum Kind: String, Decodable, Sendable, CaseIterable {
            case reset, resetMidway = "reset_midway", hang, slow, truncated, close, garbage, html, oversized, empty
            case error500, error503, notJSON = "not_json", wrongTypes = "wrong_types"
            case throttled, expired, denied, latin1
        }

        var kind: Kind
        var job: String?
        var region: String?
        var probability: Double?
        /// How many answers it spoils before it is over.
        var times: Int?
        var from: Double?
        var to: Double?
        /// Between two bytes of `slow`.
        var intervalMs: Int64?
        /// What `error500`, `expired` and `denied` say instead of the usual words.
        var message: String?
    }

    /// A status and how long it lasts; without `seconds` for good.
    struct Step: Decodable, Sendable {
        var status: String
        var seconds: Double?
    }

    /// A job, or `count` of them.
    struct Job: Decodable, Sendable {
        enum Clock: String, Decodable, Sendable {
            case start, firstRequest = "first_request"
        }

        enum Destination: String, Decodable, Sendable {
            case contactList = "contact_list", suppressionList = "suppression_list"
        }

        /// `{n}` stands for the number, from 0, where there is a `count`.
        var id: String
        var count: Int?
        var region: String?
        var account: String?
        var timeline: [Step]?
        var records: Int?
        var failed: Int?
        var message: String?
        var destination: Destination?
        var visibleFrom: Double?
        var vanishesAt: Double?
        /// What the job's times count from: when it was added, or its first GetImportJob.
        var clock: Clock?
    }

    /// A receiver at `/hook/NAME`; names that no scenario has get one that accepts all.
    struct Webhook: Decodable, Sendable {
        enum Failure: String, Decodable, Sendable {
            case status, hang, slow, reset, truncated, garbage
        }

        var name: String
        /// `whsec_…`: demands a `v1` signature.
        var secret: String?
        /// `whpk_…`: demands a `v1a` signature.
        var publicKey: String?
        /// How many attempts of each notification fail.
        var failFirst: Int?
        var probability: Double?
        var from: Double?
        var to: Double?
        var failure: Failure?
        var status: Int?
        var retryAfter: Int?
        var location: String?
        /// Before each answer.
        var delayMs: Int64?
    }

    var keys: [Key]?
    /// The Regions that exist; any if absent.
    var regions: [String]?
    var throttle: Throttle?
    var throttled: [Window]?
    var outages: [Window]?
    var faults: [Fault]?
    var jobs: [Job]?
    var webhooks: [Webhook]?
    /// Before each answer of the service.
    var latencyMs: Int64?
    /// Names of members above whose present value is dropped first, in a change at run time.
    var clear: [String]?

    init() {}

    /// Decodes a scenario; members that do not exist are errors.
    init(json: Data) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            self = try decoder.decode(Scenario.self, from: json)
        } catch let error as DecodingError {
            throw ScenarioError(error)
        }
        try ScenarioMembers.check(json)
        try validate()
    }

    private func validate() throws {
        for job in jobs ?? [] {
            guard (0...1_000_000).contains(job.count ?? 1), !job.id.isEmpty, job.timeline?.isEmpty != true,
                (0...1_000_000_000).contains(job.records ?? 0), (0...1_000_000_000).contains(job.failed ?? 0)
            else {
                throw ScenarioError("jobs: \(job.id): needs an id, at most a million jobs, a step, and counts from 0")
            }
        }
        if let throttle, !(throttle.rate >= 0 && throttle.burst >= 1) {
            throw ScenarioError("throttle: the rate is at least 0 and the burst at least 1")
        }
        let delays = [latencyMs] + (faults ?? []).map(\.intervalMs) + (webhooks ?? []).map(\.delayMs)
        guard delays.allSatisfy({ (0...3_600_000).contains($0 ?? 0) }) else {
            throw ScenarioError("latency_ms, interval_ms and delay_ms lie between 0 and an hour")
        }
        for webhook in webhooks ?? [] {
            guard (200...599).contains(webhook.status ?? 500) else {
                throw ScenarioError("webhooks: \(webhook.name): the status lies between 200 and 599")
            }
            try webhook.checkKeys()
        }
    }
}
