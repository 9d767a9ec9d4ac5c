import Foundation

/// A running `ses-simulator`.
public final class Simulator: Sendable {
    /// The address of the service, `http://127.0.0.1:PORT`.
    public let service: String
    /// The address of the webhook receiver.
    public let webhooks: String
    /// The program.
    public let process: TestProcess

    /// What the default key of the simulator looks like in the environment.
    public static let environment = [
        "AWS_ACCESS_KEY_ID": "AKIDSIMULATOR", "AWS_SECRET_ACCESS_KEY": "simulator-secret",
    ]

    /// Starts a simulator with a scenario in JSON.
    public init(_ scenario: String, in folder: TemporaryFolder) async throws {
        let path = try folder.write("scenario-\(UUID().uuidString).json", scenario)
        process = try TestProcess("ses-simulator", ["--scenario", path, "--exit-with-stdin"])
        try await process.waitFor("webhooks http://")
        var addresses: [String: String] = [:]
        for line in process.printed.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 2 { addresses[String(words[0])] = String(words[1]) }
        }
        service = addresses["ses"] ?? ""
        webhooks = addresses["webhooks"] ?? ""
    }

    /// A notification that arrived.
    public struct Arrival: Decodable, Sendable {
        /// The webhook's name.
        public var webhook: String
        /// The event's ID.
        public var id: String
        /// The event's type.
        public var type: String
        /// The job.
        public var jobId: String
        /// Whether the signature was right.
        public var signatureValid: Bool
        /// The status of the answer.
        public var answered: Int
        /// The payload.
        public var body: String
    }

    /// What has happened so far.
    public struct Statistics: Decodable, Sendable {
        /// Requests to the service.
        public var requests: Int
        /// Requests that were throttled.
        public var throttles: Int
        /// Requests whose signature was refused.
        public var refusedSignatures: Int
        /// Requests by job.
        public var requestsPerJob: [String: Int]
        /// Requests by access key.
        public var requestsPerKey: [String: Int]
        /// Notifications.
        public var arrivals: [Arrival]
    }

    /// Asks for the statistics.
    public func statistics() async throws -> Statistics {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(
            Statistics.self,
            from: Data(try HTTPExchange.run("GET", service + "/simulator/statistics"))
        )
    }

    /// Adds jobs and replaces throttle, outages and faults.
    public func change(_ scenario: String) throws {
        _ = try HTTPExchange.run("POST", service + "/simulator/scenario", body: scenario)
    }
}
