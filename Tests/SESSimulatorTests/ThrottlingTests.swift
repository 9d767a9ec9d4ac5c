import JSON
import TestSupport
import Testing

/// How the simulator throttles, and how boto3 takes it.
@Suite struct ThrottlingTests {
    @Test func boto3WithoutRetriesSeesTheError() async throws {
        let folder = try TemporaryFolder()
        let simulator = try await Simulator(
            """
            {"throttle": {"rate": 0, "burst": 1, "retry_after_ms": 250, "retry_after": 3},
             "jobs": [{"id": "a", "timeline": [{"status": "PROCESSING"}]}]}
            """,
            in: folder
        )
        #expect(try await Boto3Client.getImportJob(simulator, "a")["result"] != nil)
        let answer = try await Boto3Client.getImportJob(simulator, "a")
        #expect(answer["class"] == "TooManyRequestsException")
        #expect(answer["status"] == 429)
        #expect(answer["attempts"] == 1)
        #expect(answer["headers"]?["x-amz-retry-after"] == "250")
        #expect(answer["headers"]?["retry-after"] == "3")
        // Each Region has a bucket of its own.
        let elsewhere = try await Boto3Client.getImportJob(simulator, "a", ["region": "us-east-1"])
        #expect(elsewhere["result"] != nil)
        #expect(try await simulator.statistics().throttles == 1)
    }

    @Test func boto3RetriesUntilItIsLetThrough() async throws {
        let folder = try TemporaryFolder()
        let simulator = try await Simulator(
            """
            {"faults": [{"kind": "throttled", "times": 2}],
             "jobs": [{"id": "a", "timeline": [{"status": "PROCESSING"}]}]}
            """,
            in: folder
        )
        let answer = try await Boto3Client.getImportJob(simulator, "a", ["retries": 3])
        #expect(answer["result"]?["JobStatus"] == "PROCESSING")
        #expect(answer["attempts"] == 3)
        let statistics = try await simulator.statistics()
        #expect(statistics.throttles == 2)
        #expect(statistics.requestsPerJob == ["a": 3])
    }

    @Test func theOlderCodeComesWith400AndCountsAsThrottling() async throws {
        let folder = try TemporaryFolder()
        let simulator = try await Simulator(
            """
            {"throttle": {"rate": 0, "burst": 1, "code": "ThrottlingException"}, "throttled": [{"from": 0}],
             "jobs": [{"id": "a"}]}
            """,
            in: folder
        )
        let answer = try await Boto3Client.getImportJob(simulator, "a", ["retries": 1])
        #expect(answer["error"] == "ThrottlingException")
        #expect(answer["status"] == 400)
        #expect(answer["attempts"] == 2)
    }

    @Test func windowsEndAndAreChangedAtRunTime() async throws {
        let folder = try TemporaryFolder()
        let simulator = try await Simulator(
            #"{"outages": [{"region": "eu-west-1", "kind": "error503"}]}"#,
            in: folder
        )
        try simulator.change(#"{"jobs": [{"id": "a"}]}"#)
        #expect(try await Boto3Client.getImportJob(simulator, "a")["status"] == 503)
        #expect(try await Boto3Client.getImportJob(simulator, "a", ["region": "us-east-1"])["result"] != nil)
        try simulator.change(#"{"clear": ["outages"], "throttled": [{"from": 0, "to": 0.001}]}"#)
        #expect(try await Boto3Client.getImportJob(simulator, "a")["result"] != nil)
    }
}
