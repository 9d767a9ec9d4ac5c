import TestSupport

extension DaemonHarness {
    /// A daemon whose jobs a server of the test's own knows; the simulator takes only its webhooks.
    static func against(
        _ service: LoopbackServer,
        jobs: [String] = ["a"],
        requestsPerSecond: String = "50",
        polling: String = ""
    ) async throws -> DaemonHarness {
        let harness = try await DaemonHarness(
            #"{"webhooks": [{"name": "ops", "secret": "\#(secret)"}]}"#,
            jobs: []
        )
        let list = jobs.map { "\"\($0)\"" }.joined(separator: ", ")
        try harness.folder.write(
            "importwatchd.toml",
            """
            region = "eu-west-1"
            endpoint_url = "\(service.address)"
            jobs = [\(list)]
            [polling]
            requests_per_second = \(requestsPerSecond)
            min_delay = "100ms"
            max_delay = "400ms"
            \(polling)
            [[webhook]]
            name = "ops"
            url = "\(harness.simulator.webhooks)/hook/ops"
            secret_file = "secret"
            """
        )
        return harness
    }
}
