import Foundation
import TestSupport

/// A folder with a configuration, and the programs that work on it.
struct DaemonHarness {
    let folder: TemporaryFolder
    let simulator: Simulator
    static let secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

    init(_ scenario: String, jobs: [String], polling: String = "", more: String = "") async throws {
        folder = try TemporaryFolder()
        simulator = try await Simulator(scenario, in: folder)
        try folder.write("secret", Self.secret + "\n")
        try configure(jobs: jobs, polling: polling, more: more)
    }

    var configuration: String { folder.path + "/importwatchd.toml" }

    func configure(jobs: [String], polling: String = "", more: String = "") throws {
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

    func daemon(environment: [String: String] = Simulator.environment) throws -> TestProcess {
        try TestProcess("importwatchd", ["--config", configuration], environment: environment)
    }

    func tool(_ arguments: [String]) async throws -> (status: Int32, printed: String) {
        let process = try TestProcess("importwatchctl", arguments + ["--config", configuration])
        let status = try await process.exitStatus()
        return (status, process.printed)
    }

    /// The arrivals that were answered with success.
    func delivered() async throws -> [Simulator.Arrival] {
        try await simulator.statistics().arrivals.filter { $0.answered == 204 }
    }
}
