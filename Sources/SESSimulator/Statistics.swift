import JSON

/// What has happened since the simulator started.
struct Statistics: Sendable {
    /// A notification that arrived.
    struct Arrival: Sendable {
        var webhook: String
        var id: String
        var type: String
        var jobID: String
        var isSignatureValid: Bool
        var answered: Int
        var body: String
    }

    var requests = 0
    var requestsPerJob: [String: Int] = [:]
    var requestsPerKey: [String: Int] = [:]
    var throttles = 0
    var refusedSignatures = 0
    var faults = 0
    var arrivals: [Arrival] = []

    var json: JSONValue {
        [
            "requests": .integer(Int64(requests)), "throttles": .integer(Int64(throttles)),
            "refused_signatures": .integer(Int64(refusedSignatures)), "faults": .integer(Int64(faults)),
            "requests_per_job": Self.counts(requestsPerJob), "requests_per_key": Self.counts(requestsPerKey),
            "arrivals": .array(
                arrivals.map { arrival in
                    [
                        "webhook": .string(arrival.webhook), "id": .string(arrival.id), "type": .string(arrival.type),
                        "job_id": .string(arrival.jobID), "signature_valid": .bool(arrival.isSignatureValid),
                        "answered": .integer(Int64(arrival.answered)), "body": .string(arrival.body),
                    ]
                }
            ),
        ]
    }

    private static func counts(_ counts: [String: Int]) -> JSONValue {
        .object(counts.sorted { $0.key < $1.key }.map { .init($0.key, .integer(Int64($0.value))) })
    }
}
