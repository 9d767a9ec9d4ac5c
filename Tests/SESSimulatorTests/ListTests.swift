import JSON
import TestSupport
import Testing

/// ListImportJobs as boto3 sees it.
@Suite struct ListTests {
    private let folder: TemporaryFolder
    private let simulator: Simulator

    init() async throws {
        folder = try TemporaryFolder()
        simulator = try await Simulator(
            """
            {"jobs": [{"id": "bulk-{n}", "count": 23, "timeline": [{"status": "PROCESSING"}]},
                      {"id": "hidden", "visible_from": 3600},
                      {"id": "gone", "vanishes_at": 0},
                      {"id": "there", "region": "us-east-1"},
                      {"id": "blocked", "destination": "suppression_list", "failed": 2,
                       "timeline": [{"status": "COMPLETED"}]}]}
            """,
            in: folder
        )
    }

    @Test func thePaginatorSeesEachJobOnce() async throws {
        let answer = try await Boto3Client.call(simulator, "list_import_jobs", [:], ["page_size": 10])
        let pages = try #require(answer["pages"]?.array).map { $0.array?.compactMap(\.string) ?? [] }
        #expect(pages.map(\.count) == [10, 10, 4])
        #expect(pages.flatMap { $0 } == (0..<23).map { "bulk-\($0)" } + ["blocked"])
    }

    @Test func aSummaryHasNoMoreThanTheServiceTells() async throws {
        let answer = try await Boto3Client.call(
            simulator,
            "list_import_jobs",
            ["ImportDestinationType": "SUPPRESSION_LIST", "PageSize": 5]
        )
        let jobs = try #require(answer["result"]?["ImportJobs"]?.array)
        #expect(jobs.count == 1)
        #expect(
            jobs.first?.object?.map(\.name).sorted() == [
                "CreatedTimestamp", "FailedRecordsCount", "ImportDestination", "JobId", "JobStatus",
                "ProcessedRecordsCount",
            ]
        )
        #expect(jobs.first?["FailedRecordsCount"] == 2)
        #expect(answer["result"]?["NextToken"] == nil)
    }

    @Test(
        arguments: [
            ["NextToken": "made up"], ["NextToken": "OTk5OSBhbnkgYW55"], ["PageSize": 0],
            ["ImportDestinationType": "NOWHERE"],
        ] as [JSONValue]
    )
    func badParametersAreRefused(arguments: JSONValue) async throws {
        let answer = try await Boto3Client.call(simulator, "list_import_jobs", arguments)
        #expect(answer["class"] == "BadRequestException")
        #expect(answer["status"] == 400)
    }

    @Test func aTokenGoesOnWithTheSameParametersOnly() async throws {
        let first = try await Boto3Client.call(simulator, "list_import_jobs", ["PageSize": 2])
        let token = try #require(first["result"]?["NextToken"])
        let other = try await Boto3Client.call(
            simulator,
            "list_import_jobs",
            ["NextToken": token, "ImportDestinationType": "CONTACT_LIST"]
        )
        #expect(other["class"] == "BadRequestException")
    }
}
