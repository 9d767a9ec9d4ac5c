import Foundation

/// A folder with a configuration, and the programs that work on it.
public struct DaemonHarness: Sendable {
    /// Where all of it lies.
    public let folder: TemporaryFolder
    /// The service and the receiver of webhooks.
    public let simulator: Simulator
    /// The secret of the webhook `ops`.
    public static let secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

    /// Starts a simulator and writes a configuration with the webhook `ops`.
    public init(_ scenario: String, jobs: [String], polling: String = "", more: String = "") async throws {
        folder = try TemporaryFolder()
        simulator = try await Simulator(scenario, in: folder)
        try folder.write("secret", Self.secret + "\n")
        try configure(jobs: jobs, polling: polling, more: more)
    }

    /// The configuration.
    public var configuration: String { folder.path + "/importwatchd.toml" }

    /// Writes the configuration anew.
    public func configure(jobs: [String], polling: String = "", more: String = "") throws {
        let list = jobs.map { "\"\($0)\"" }.joined(separator: ", ")
        try folder.write(
            "importwatchd.toml",
            """
            region = "eu-west-1"
            endpoint_url = "\(simulator.service)"
            jobs = [\(list)]
            [polling]
            requests_per_second = 50
            min_delay = "100ms"
            max_delay = "400ms"
            \(polling)
            [[webhook]]
            name = "ops"
            url = "\(simulator.webhooks)/hook/ops"
            secret_file = "secret"
            \(more)
            """
        )
    }

    /// Starts a daemon.
    public func daemon(environment: [String: String] = Simulator.environment) throws -> TestProcess {
        try TestProcess("importwatchd", ["--config", configuration], environment: environment)
    }

    /// Runs the tool to its end.
    public func tool(_ arguments: [String]) async throws -> (status: Int32, printed: String) {
        let process = try TestProcess("importwatchctl", arguments + ["--config", configuration])
        let status = try await process.exitStatus()
        return (status, process.printed)
    }

    /// The arrivals that were answered with success.
    public func delivered() async throws -> [Simulator.Arrival] {
        try await simulator.statistics().arrivals.filter { $0.answered == 204 }
    }
}
