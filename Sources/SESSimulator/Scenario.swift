import Foundation

/// What the simulator plays, decoded from a JSON file; see the program's help for the members.
struct Scenario: Decodable, Sendable {
    struct Key: Decodable, Sendable {
        var id: String
        var secret: String
        var token: String?
    }

    struct Throttle: Decodable, Sendable {
        var rate: Double
        var burst: Double
        var retryAfterMs: Int?
    }

    struct Window: Decodable, Sendable {
        var from: Double
        var to: Double
    }

    struct Fault: Decodable, Sendable {
        enum Kind: String, Decodable, Sendable {
            case reset, hang, slow, truncated, garbage, error500, error503, html, oversized, close, expired
        }

        var kind: Kind
        var job: String?
        var probability: Double?
        var times: Int?
        var from: Double?
        var to: Double?
    }

    struct Step: Decodable, Sendable {
        var status: String
        var seconds: Double?
    }

    struct Job: Decodable, Sendable {
        var id: String
        var count: Int?
        var timeline: [Step]?
        var records: Int?
        var failed: Int?
        var message: String?
        var visibleFrom: Double?
        var vanishesAt: Double?
    }

    struct Webhook: Decodable, Sendable {
        var name: String
        var secret: String?
        var failFirst: Int?
        var status: Int?
        var probability: Double?
        var retryAfter: Int?
    }

    var keys: [Key]?
    var throttle: Throttle?
    var outages: [Window]?
    var faults: [Fault]?
    var jobs: [Job]?
    var webhooks: [Webhook]?

    init() {}

    init(json: Data) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(Scenario.self, from: json)
    }
}
