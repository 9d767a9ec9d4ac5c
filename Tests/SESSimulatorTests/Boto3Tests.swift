import Foundation
import JSON
import TestSupport
import Testing

/// What a client that we did not write makes of the simulator.
@Suite struct Boto3Tests {
    private static let scenario = """
        {"keys": [{"id": "AKIDSIMULATOR", "secret": "simulator-secret"},
                  {"id": "ASIDTEMPORARY", "secret": "other/secret+1", "token": "to/ken=="},
                  {"id": "ASIDEXPIRED", "secret": "s", "token": "old", "expires_at": 0}],
         "regions": ["eu-west-1", "us-east-1"],
         "jobs": [{"id": "done", "records": 1200, "failed": 7, "timeline": [{"status": "COMPLETED"}]},
                  {"id": "rejected", "message": "no CSV", "records": 0, "destination": "suppression_list",
                   "timeline": [{"status": "FAILED"}]},
                  {"id": "a b/ü%2F+*", "timeline": [{"status": "PROCESSING"}]},
                  {"id": "elsewhere", "region": "us-east-1", "timeline": [{"status": "CREATED"}]}]}
        """

    private let folder: TemporaryFolder
    private let simulator: Simulator

    init() async throws {
        folder = try TemporaryFolder()
        simulator = try await Simulator(Self.scenario, in: folder)
    }

    @Test func readsEveryMemberOfAFinishedJob() async throws {
        let answer = try await Boto3Client.getImportJob(simulator, "done")
        let job = try #require(answer["result"])
        #expect(job["JobId"] == "done")
        #expect(job["JobStatus"] == "COMPLETED")
        #expect(job["ImportDestination"]?["ContactListDestination"]?["ContactListName"] == "news")
        #expect(job["ImportDestination"]?["ContactListDestination"]?["ContactListImportAction"] == "PUT")
        #expect(job["ImportDataSource"]?["S3Url"] == "s3://imports/done.csv")
        #expect(job["ImportDataSource"]?["DataFormat"] == "CSV")
        #expect(job["ProcessedRecordsCount"] == 1200)
        #expect(job["FailedRecordsCount"] == 7)
        #expect(job["FailureInfo"]?["ErrorMessage"] == "7 records could not be imported.")
        #expect(job["FailureInfo"]?["FailedRecordsS3Url"]?.string?.contains("X-Amz-Signature=") == true)
        for name in ["CreatedTimestamp", "CompletedTimestamp"] {
            let text = try #require(job[name]?.string)
            #expect(text.hasSuffix("+00:00"), "\(name) is \(text), not a time that boto3 read")
        }
        let requestID = answer["request_id"]?.string ?? ""
        #expect(requestID.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
    }

    @Test func readsAFailureAndTheOtherDestination() async throws {
        let job = try #require(try await Boto3Client.getImportJob(simulator, "rejected")["result"])
        #expect(job["JobStatus"] == "FAILED")
        #expect(job["FailureInfo"]?.object?.map(\.name) == ["ErrorMessage"])
        #expect(
            job["ImportDestination"] == ["SuppressionListDestination": ["SuppressionListImportAction": "PUT"]]
        )
    }

    @Test func decodesTheLabelInThePath() async throws {
        let job = try await Boto3Client.getImportJob(simulator, "a b/ü%2F+*")["result"]
        #expect(job?["JobId"] == "a b/ü%2F+*")
        #expect(job?["JobStatus"] == "PROCESSING")
        #expect(job?.object?.contains { $0.name == "CompletedTimestamp" } == false)
    }

    @Test func knowsNoOtherJob() async throws {
        let answer = try await Boto3Client.getImportJob(simulator, "nobody")
        #expect(answer["class"] == "NotFoundException")
        #expect(answer["status"] == 404)
        #expect(answer["message"] == "Import job nobody does not exist.")
    }

    @Test func theScopesRegionChoosesTheJobs() async throws {
        #expect(try await Boto3Client.getImportJob(simulator, "elsewhere")["status"] == 404)
        let there = try await Boto3Client.getImportJob(simulator, "elsewhere", ["region": "us-east-1"])
        #expect(there["result"]?["JobStatus"] == "CREATED")
        let nowhere = try await Boto3Client.getImportJob(simulator, "elsewhere", ["region": "ap-south-1"])
        #expect(nowhere["error"] == "InvalidSignatureException")
        #expect(nowhere["message"]?.string?.contains("valid region") == true)
    }

    @Test func acceptsASessionToken() async throws {
        let options: JSONValue = ["key": "ASIDTEMPORARY", "secret": "other/secret+1", "token": "to/ken=="]
        #expect(try await Boto3Client.getImportJob(simulator, "done", options)["result"]?["JobId"] == "done")
    }

    @Test(
        arguments: [
            (["secret": "wrong"], "InvalidSignatureException", "does not match"),
            (["key": "AKIDNOBODY"], "UnrecognizedClientException", "invalid"),
            (
                ["key": "ASIDTEMPORARY", "secret": "other/secret+1", "token": "x"], "UnrecognizedClientException",
                "invalid"
            ),
            (["key": "ASIDTEMPORARY", "secret": "other/secret+1"], "UnrecognizedClientException", "invalid"),
            (["key": "ASIDEXPIRED", "secret": "s", "token": "old"], "ExpiredTokenException", "expired"),
            (["skew": -400], "InvalidSignatureException", "Signature expired: "),
            (["skew": 400], "InvalidSignatureException", "Signature not yet current: "),
        ] as [(JSONValue, String, String)]
    )
    func refusesOtherSignatures(options: JSONValue, code: String, message: String) async throws {
        let answer = try await Boto3Client.getImportJob(simulator, "done", options)
        #expect(answer["error"]?.string == code)
        #expect(answer["status"] == 403)
        #expect(answer["message"]?.string?.contains(message) == true)
        let statistics = try await simulator.statistics()
        #expect(statistics.refusedSignatures == 1)
        #expect(statistics.requestsPerJob.isEmpty)
    }

    @Test func otherOperationsAreUnknown() async throws {
        let answer = try await Boto3Client.call(simulator, "get_account")
        #expect(answer["error"] == "UnknownOperationException")
        #expect(answer["status"] == 404)
    }
}
