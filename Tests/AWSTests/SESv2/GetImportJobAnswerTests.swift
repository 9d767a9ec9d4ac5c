import ImportWatch
import JSON
import TestSupport
import Testing

@testable import AWS

@Suite struct GetImportJobAnswerTests {
    private let now = WallTime(secondsSinceEpoch: Int64(1_795_000_000))

    private func result(_ body: String, status: Int = 200, headers: String = "", jobID: String = "j") -> PollResult {
        let block = "HTTP/1.1 \(status) X\r\nx-amzn-RequestId: r-1\r\n\(headers)\r\n"
        let response = HTTPResponse(status: status, headerBlock: Array(block.utf8), body: Array(body.utf8))
        return GetImportJob(jobID: jobID).result(of: response, now: now)
    }

    private func job(_ body: String) throws -> ImportJob {
        guard case .answered(let job, requestID: "r-1") = result(body) else {
            throw Unexpected(result: result(body))
        }
        return job
    }

    private struct Unexpected: Error {
        var result: PollResult
    }

    @Test func textsLoseTheirSecretsAndTheirExcess() throws {
        let long = String(repeating: "x", count: 900_000)
        let job = try job(
            """
            {"JobStatus": "NEW \(long)", "ImportDataSource": {"S3Url": "https://b.example/k?X-Amz-Signature=0f"},
             "FailureInfo": {"ErrorMessage": "key AKIAIOSFODNN7EXAMPLE \(long)", "FailedRecordsS3Url": "s\(long)"}}
            """
        )
        #expect(job.status.rawValue.utf8.count <= 64 && job.status.rawValue.hasPrefix("NEW xxx"))
        #expect(job.dataSource?.s3URL == "https://b.example[redacted]")
        #expect(job.failure?.message?.hasPrefix("key [redacted]MPLE xxx") == true)
        #expect(job.failure.flatMap { $0.message?.utf8.count }.map { (7000...8000).contains($0) } == true)
        #expect(job.failure?.failedRecordsURL == nil)
        guard case .unavailable = result("{\"JobStatus\": \"\"}") else {
            throw Unexpected(result: result("{\"JobStatus\": \"\"}"))
        }
    }

    @Test func readsEveryMemberOfTheServiceModel() throws {
        guard let bytes = try Conformance.read("protocol/sesv2-service-2.json") else { return }
        let shapes = try #require(try JSONValue(decoding: bytes)["shapes"])
        let answer = sample(of: "GetImportJobResponse", in: shapes)
        #expect(answer.object?.count == 9)
        let job = try job(String(decoding: answer.encoded(), as: UTF8.self).replacing("\"JobId-value\"", with: "\"j\""))
        #expect(
            job
                == ImportJob(
                    id: "j",
                    status: .created,
                    destination: .suppressionList(action: "DELETE"),
                    dataSource: ImportJob.DataSource(s3URL: "S3Url-value", format: "CSV"),
                    processedRecords: 42,
                    failedRecords: 42,
                    createdAt: WallTime(millisecondsSinceEpoch: 1_700_000_000_250),
                    completedAt: WallTime(millisecondsSinceEpoch: 1_700_000_000_250),
                    failure: ImportJob.Failure(
                        message: "ErrorMessage-value",
                        failedRecordsURL: "FailedRecordsS3Url-value"
                    )
                )
        )
        Conformance.report("SESv2 model, members of GetImportJobResponse", ran: 9, of: 9)
    }

    /// A value for a shape of the model: each member set, strings named after their shape.
    private func sample(of name: String, in shapes: JSONValue) -> JSONValue {
        let shape = shapes[name]
        switch shape?["type"]?.string {
        case "structure":
            return .object(
                (shape?["members"]?.object ?? []).map { member in
                    JSONValue.Member(member.name, sample(of: member.value["shape"]?.string ?? "", in: shapes))
                }
            )
        case "integer", "long": return 42
        case "timestamp": return .number(1_700_000_000.25)
        default:
            let named = shape?["enum"]?.array?.compactMap(\.string).sorted()
            return .string((name == "JobStatus" ? "CREATED" : named?.first) ?? "\(name)-value")
        }
    }

    @Test func readsAContactList() throws {
        let body = #"""
            {"JobStatus":"FAILED","ImportDestination":{"ContactListDestination":
            {"ContactListName":"news","ContactListImportAction":"PUT"}}}
            """#
        #expect(try job(body).destination == .contactList(name: "news", action: "PUT"))
    }

    @Test func toleratesNullsUnknownMembersAndUnknownStatuses() throws {
        let nulls = try job(
            #"""
            {"JobId":null,"JobStatus":"PAUSED","ImportDestination":null,"ImportDataSource":null,"FailureInfo":null,
            "CreatedTimestamp":null,"CompletedTimestamp":null,"ProcessedRecordsCount":null,"New":{"a":[1]}}
            """#
        )
        #expect(nulls == ImportJob(id: "j", status: .unknown("PAUSED")))
        let inner = try job(#"{"JobStatus":"ERROR","FailureInfo":{"ErrorMessage":null},"ImportDestination":{}}"#)
        #expect(inner.failure == ImportJob.Failure(message: nil, failedRecordsURL: nil))
        #expect(inner.status == .error)
        #expect(inner.destination == nil)
    }

    @Test(
        arguments: [
            ("1700000000", 1_700_000_000_000), ("1700000000.5", 1_700_000_000_500), ("1.7E9", 1_700_000_000_000),
            ("1.7000000001239e9", 1_700_000_000_124), ("0", 0), ("-1.5", -1500),
            (#""2023-11-14T22:13:20Z""#, 1_700_000_000_000), (#""2023-11-14T23:13:20.25+01:00""#, 1_700_000_000_250),
        ] as [(String, Int64)]
    )
    func readsTimes(_ text: String, milliseconds: Int64) throws {
        let job = try job(#"{"JobStatus":"CREATED","CreatedTimestamp":\#(text)}"#)
        #expect(job.createdAt?.millisecondsSinceEpoch == milliseconds)
    }

    @Test(arguments: [
        "", "<html>", "null", "[]", "\"x\"", "{}", #"{"JobStatus":null}"#, #"{"JobStatus":1}"#,
        #"{"JobStatus":"CREATED","JobId":"other"}"#, #"{"JobStatus":"CREATED","JobId":7}"#,
        #"{"JobStatus":"CREATED","ProcessedRecordsCount":"7"}"#,
        #"{"JobStatus":"CREATED","ProcessedRecordsCount":7.5}"#,
        #"{"JobStatus":"CREATED","FailedRecordsCount":1e300}"#, #"{"JobStatus":"CREATED","CreatedTimestamp":1e300}"#,
        #"{"JobStatus":"CREATED","CreatedTimestamp":"yesterday"}"#, #"{"JobStatus":"CREATED","CreatedTimestamp":{}}"#,
        #"{"JobStatus":"CREATED","FailureInfo":[]}"#, #"{"JobStatus":"CREATED","ImportDataSource":"s3"}"#,
        #"{"JobStatus":"CREATED","ImportDestination":{"ContactListDestination":[]}}"#, #"{"JobStatus":"CREATED""#,
    ])
    func wrongAnswersAreTheEndpointsTrouble(_ body: String) {
        guard case .unavailable(let problem, retryAfter: nil) = result(body) else {
            Issue.record("\(result(body))")
            return
        }
        #expect(problem.code == "UnreadableAnswer")
        #expect(problem.requestID == "r-1")
    }

    @Test func errorsAreSortedByWhoseTroubleTheyAre() {
        func kind(_ status: Int, _ code: String?, headers: String = "") -> String {
            let header = code.map { "x-amzn-ErrorType: \($0)\r\n" } ?? ""
            switch result("{}", status: status, headers: header + headers) {
            case .answered: return "answered"
            case .jobRefused(.notFound, _): return "not found"
            case .jobRefused(.badRequest, _): return "bad request"
            case .throttled(_, let hint): return "throttled \(hint.map(\.milliseconds) ?? -1)"
            case .credentialsRefused: return "credentials"
            case .unavailable(_, let hint): return "unavailable \(hint.map(\.milliseconds) ?? -1)"
            }
        }
        #expect(kind(404, "NotFoundException") == "not found")
        #expect(kind(400, "BadRequestException") == "bad request")
        #expect(kind(429, "TooManyRequestsException") == "throttled -1")
        #expect(kind(429, nil, headers: "x-amz-retry-after: 250\r\n") == "throttled 250")
        #expect(kind(403, "AccessDeniedException") == "credentials")
        #expect(kind(403, "RequestTimeTooSkewed") == "credentials")
        #expect(kind(500, nil, headers: "Retry-After: 3\r\n") == "unavailable 3000")
        #expect(kind(404, nil) == "unavailable -1", "a 404 from something else than the service ends no job")
        #expect(kind(301, nil) == "unavailable -1")
        #expect(kind(400, "ValidationException") == "unavailable -1")
    }

    @Test func changedAnswersNeverCrash() throws {
        let good =
            Array(
                #"{"JobId":"j","JobStatus":"FAILED","FailureInfo":{"ErrorMessage":"x"},"CreatedTimestamp":1.7e9,"#.utf8
            ) + Array(#""ImportDataSource":{"S3Url":"s3://b/k","DataFormat":"CSV"},"ProcessedRecordsCount":7}"#.utf8)
        var answered = 0
        var random = SeededGenerator(seed: 42)
        func next(_ bound: Int) -> Int {
            Int.random(in: 0..<bound, using: &random)
        }
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0...next(3) {
                switch next(3) {
                case 0: bytes[next(bytes.count)] = UInt8(next(256))
                case 1: bytes.remove(at: next(bytes.count))
                default: bytes.insert(UInt8(next(256)), at: next(bytes.count))
                }
            }
            let result = GetImportJob(jobID: "j").result(of: HTTPResponse(status: 200, body: bytes), now: now)
            switch result {
            case .answered: answered += 1
            case .unavailable: break
            default: Issue.record("\(result)")
            }
        }
        #expect(answered > 1000)
    }
}
