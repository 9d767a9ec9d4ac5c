import JSON
import TestSupport
import Testing

/// How jobs go on by themselves.
@Suite struct TimelineTests {
    private func job(_ simulator: Simulator, _ id: String) async throws -> JSONValue? {
        try await Boto3Client.getImportJob(simulator, id)["result"]
    }

    @Test func aJobPassesItsStepsAndItsCountersGrow() async throws {
        let folder = try TemporaryFolder()
        let simulator = try await Simulator(
            """
            {"jobs": [{"id": "a", "clock": "first_request", "records": 1000000, "failed": 3,
                       "timeline": [{"status": "CREATED", "seconds": 1}, {"status": "PROCESSING", "seconds": 3},
                                    {"status": "COMPLETED"}]}]}
            """,
            in: folder
        )
        let first = try #require(try await job(simulator, "a"))
        #expect(first["JobStatus"] == "CREATED")
        #expect(first["ProcessedRecordsCount"] == 0)
        var seen: [JSONValue] = [first]
        while seen.last?["JobStatus"] != "COMPLETED", seen.count < 200 {
            seen.append(try #require(try await job(simulator, "a")))
        }
        let order = ["CREATED", "PROCESSING", "COMPLETED"]
        let steps = seen.compactMap { order.firstIndex(of: $0["JobStatus"]?.string ?? "") }
        #expect(steps == steps.sorted())
        #expect(steps.count == seen.count)
        let counts = seen.compactMap { $0["ProcessedRecordsCount"]?.integer }
        #expect(counts == counts.sorted())
        #expect(counts.last == 1_000_000)
        #expect(seen.last?["FailedRecordsCount"] == 3)
        #expect(Set(seen.map { $0["CreatedTimestamp"] }).count == 1)
    }

    @Test func jobsAppearAndVanish() async throws {
        let folder = try TemporaryFolder()
        let simulator = try await Simulator(
            """
            {"jobs": [{"id": "gone", "clock": "first_request", "vanishes_at": 0.001},
                      {"id": "late", "visible_from": 3600}]}
            """,
            in: folder
        )
        #expect(try await job(simulator, "gone") != nil)
        #expect(try await job(simulator, "gone") == nil)
        #expect(try await job(simulator, "late") == nil)
        try simulator.change(#"{"jobs": [{"id": "late", "timeline": [{"status": "SOMETHING_NEW"}]}]}"#)
        #expect(try await job(simulator, "late")?["JobStatus"] == "SOMETHING_NEW")
    }
}
