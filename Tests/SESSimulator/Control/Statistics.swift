import JSON

/// What has happened since the simulator started.
struct Statistics: Sendable {
    /// A notification that arrived.
    struct Arrival: Sendable {
        var webhook: String
        var id: String
        /// Which of this notification's attempts at this webhook it is, from 1.
        var attempt: Int
        var type: String
        var jobID: String
        var jobStatus: String
        var signature: SignatureVerdict
        /// The answer's status; 0 when no readable answer was given.
        var answered: Int
        /// Seconds since the start.
        var time: Double
        var headers: [(name: String, value: String)]
        var body: [UInt8]
    }

    var requests = 0
    var lists = 0
    var requestsPerJob: [String: Int] = [:]
    var requestsPerKey: [String: Int] = [:]
    var requestsPerRegion: [String: Int] = [:]
    var throttles = 0
    /// Requests turned away for their signature, by error code.
    var refusals: [String: Int] = [:]
    var faults = 0
    var arrivals: [Arrival] = []
    private var attempts: [String: Int] = [:]

    /// Counts an attempt of a notification at a webhook.
    mutating func attempt(of id: String, at webhook: String) -> Int {
        let count = attempts["\(webhook) \(id)", default: 0] + 1
        attempts["\(webhook) \(id)"] = count
        return count
    }

    /// - Parameter time: Seconds since the start.
    func json(at time: Double) -> JSONValue {
        [
            "time": .number(time), "requests": .integer(Int64(requests)), "lists": .integer(Int64(lists)),
            "throttles": .integer(Int64(throttles)), "faults": .integer(Int64(faults)),
            "refused_signatures": .integer(Int64(refusals.values.reduce(0, +))),
            "refusals": Self.counts(refusals), "requests_per_job": Self.counts(requestsPerJob),
            "requests_per_key": Self.counts(requestsPerKey), "requests_per_region": Self.counts(requestsPerRegion),
            "arrivals": .array(arrivals.map(\.json)),
        ]
    }

    private static func counts(_ counts: [String: Int]) -> JSONValue {
        .object(counts.sorted { $0.key < $1.key }.map { .init($0.key, .integer(Int64($0.value))) })
    }
}

extension Statistics.Arrival {
    var json: JSONValue {
        let isValid = if case .bad = signature { false } else { true }
        return [
            "webhook": .string(webhook), "id": .string(id), "attempt": .integer(Int64(attempt)),
            "type": .string(type), "job_id": .string(jobID), "status": .string(jobStatus),
            "signature": .string(signature.inWords), "signature_valid": .bool(isValid),
            "answered": .integer(Int64(answered)), "time": .number(time),
            "headers": .object(headers.map { .init($0.name, .string($0.value)) }),
            "body": .string(String(decoding: body, as: UTF8.self)),
        ]
    }
}
