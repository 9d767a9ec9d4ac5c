import Foundation
import ImportWatch
import JSON
import TestSupport
import Testing

@testable import Webhook

@Suite struct WebhookTests {
    private func event(_ job: ImportJob, type: EventType = .failed) -> JobEvent {
        JobEvent(
            id: "evt_0123456789abcdef0123456789abcdef",
            type: type,
            occurredAt: WallTime(millisecondsSinceEpoch: 1_795_464_904_120),
            source: "default",
            region: "eu-west-1",
            job: job,
            previousStatus: .processing,
            requestID: nil
        )
    }

    private var failedJob: ImportJob {
        ImportJob(
            id: "6f0c",
            status: .failed,
            destination: .contactList(name: "news", action: "PUT"),
            dataSource: .init(s3URL: "s3://bucket/key.csv", format: "CSV"),
            processedRecords: 1200,
            failedRecords: 7,
            createdAt: WallTime(millisecondsSinceEpoch: 0),
            failure: .init(message: "bad \"rows\"", failedRecordsURL: "https://b.s3.amazonaws.com/k?X-Amz-Signature=1")
        )
    }

    @Test func thePayloadIsThatOfTheDesign() throws {
        let bytes = WebhookFormat.standard.body(event(failedJob), includesFailedRecordsURL: false)
        let expected = """
            {"type":"ses.import_job.failed","timestamp":"2026-11-23T20:15:04.120Z",\
            "data":{"event_id":"evt_0123456789abcdef0123456789abcdef","source":"default","region":"eu-west-1",\
            "job_id":"6f0c","status":"FAILED","previous_status":"PROCESSING",\
            "destination":{"type":"CONTACT_LIST","contact_list_name":"news","action":"PUT"},\
            "data_source":{"s3_url":"s3://bucket/key.csv","format":"CSV"},\
            "processed_records":1200,"failed_records":7,"created_at":"1970-01-01T00:00:00.000Z","completed_at":null,\
            "failure":{"message":"bad \\"rows\\"","failed_records_url":null}}}
            """
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }

    @Test func thePresignedAddressGoesOnlyToThoseWhoAskedForIt() throws {
        let bytes = WebhookFormat.standard.body(event(failedJob), includesFailedRecordsURL: true)
        let url = try JSONValue(decoding: bytes)["data"]?["failure"]?["failed_records_url"]?.string
        #expect(url == "https://b.s3.amazonaws.com/k?X-Amz-Signature=1")
    }

    @Test func aPayloadStaysSmallAndAJobWithoutAnswerHasNoStatus() throws {
        var job = ImportJob(id: "a", status: .unanswered)
        job.failure = .init(message: String(repeating: "é", count: 1_000_000), failedRecordsURL: nil)
        let bytes = WebhookFormat.standard.body(event(job, type: .lost), includesFailedRecordsURL: false)
        #expect(bytes.count < 20_000)
        #expect(try JSONValue(decoding: bytes)["data"]?["status"]?.isNull == true)
    }

    @Test(arguments: WebhookFormat.all)
    func everyFormatStaysSmallWhateverTheServiceSays(_ format: WebhookFormat) throws {
        for unit in ["é", "\u{1}", "\"", "&", "@", "<", "](", "\u{1F600}"] {
            let long = String(repeating: unit, count: 200_000)
            var job = ImportJob(id: String(repeating: "j", count: 256), status: .unknown(long))
            job.destination = .contactList(name: long, action: long)
            job.dataSource = .init(s3URL: long, format: long)
            job.failure = .init(message: long, failedRecordsURL: "https://b.example/" + long)
            let bytes = format.body(event(job), includesFailedRecordsURL: true)
            #expect(bytes.count < 20_000, "\(unit)")
            #expect(throws: Never.self) { try JSONValue(decoding: bytes) }
        }
    }

    @Test func aTextUpToTheLimitIsWhole() throws {
        var job = failedJob
        job.failure = .init(message: String(repeating: "x", count: 5000), failedRecordsURL: nil)
        var bytes = WebhookFormat.standard.body(event(job), includesFailedRecordsURL: false)
        #expect(try JSONValue(decoding: bytes)["data"]?["failure"]?["message"]?.string?.utf8.count == 5000)
        job.failure?.message? += "x"
        bytes = WebhookFormat.standard.body(event(job), includesFailedRecordsURL: false)
        let cut = try JSONValue(decoding: bytes)["data"]?["failure"]?["message"]?.string
        #expect(cut?.hasSuffix("x…") == true && cut?.utf8.count == 5000)
    }

    @Test func chatTextHoldsNoMarkup() throws {
        var job = failedJob
        job.failure = .init(message: "<!channel> & <x|y> @all ![i](u)", failedRecordsURL: nil)
        let bytes = WebhookFormat.slack.body(event(job), includesFailedRecordsURL: false)
        let text = try #require(try JSONValue(decoding: bytes)["text"]?.string)
        #expect(
            text == "job 6f0c failed: 1200 records processed, 7 failed: &lt;!channel&gt; &amp; "
                + "&lt;x|y&gt; @\u{200B}all ![i]\u{200B}(u) (source default, eu-west-1)"
        )
    }

    /// The vector of the Standard Webhooks suite.
    @Test func theSignatureIsThatOfTheSuite() throws {
        guard let bytes = try Conformance.read("webhooks/standard-webhooks.json") else { return }
        let vector = try #require(try JSONValue(decoding: bytes)["sign"])
        let secret = try #require(vector["secret"]?.string)
        let key = try #require(Data(base64Encoded: String(secret.dropFirst("whsec_".count))))
        let headers = WebhookSignature.headers(
            id: try #require(vector["id"]?.string),
            at: WallTime(secondsSinceEpoch: try #require(vector["timestamp"]?.integer)),
            body: Array(try #require(vector["payload"]?.string).utf8),
            keys: [.hmac(key: [UInt8](key))]
        )
        #expect(headers.first { $0.name == "webhook-signature" }?.value == vector["expected"]?.string)
        Conformance.report("Standard Webhooks signatures", ran: 1, of: 1)
    }

    @Test func everyLiveKeySigns() throws {
        let keys: [WebhookSigningKey] = [.hmac(key: [1]), .hmac(key: [2])]
        let headers = WebhookSignature.headers(id: "evt_1", at: WallTime(secondsSinceEpoch: 5), body: [], keys: keys)
        let signatures = headers.first { $0.name == "webhook-signature" }?.value.split(separator: " ") ?? []
        #expect(signatures.count == 2 && Set(signatures).count == 2)
        #expect(headers.first { $0.name == "webhook-timestamp" }?.value == "5")
        let unsigned = WebhookSignature.headers(id: "a", at: WallTime(secondsSinceEpoch: 5), body: [], keys: [])
        #expect(!unsigned.contains { $0.name == "webhook-signature" })
    }

    @Test(arguments: [(200, true), (204, true), (299, true), (302, false), (400, false), (429, false), (500, false)])
    func onlySuccessIsSuccess(status: Int, isDelivered: Bool) {
        let outcome = WebhookVerdict.outcome(
            of: .success(HTTPResponse(status: status)),
            now: WallTime(millisecondsSinceEpoch: 0)
        )
        if isDelivered {
            #expect(outcome == .delivered(httpStatus: status))
        } else {
            guard case .retry(let problem) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            #expect(problem.kind == "http_\(status)")
        }
    }

    @Test func aReceiverCanEndItAndAskToWait() {
        let now = WallTime(millisecondsSinceEpoch: 0)
        guard case .gone = WebhookVerdict.outcome(of: .success(HTTPResponse(status: 410)), now: now) else {
            Issue.record("410 is the end")
            return
        }
        let headers = Array("Retry-After: Thu, 01 Jan 1970 00:02:00 GMT\r\n".utf8)
        let busy = HTTPResponse(status: 503, headerBlock: headers)
        guard case .retry(let problem) = WebhookVerdict.outcome(of: .success(busy), now: now) else {
            Issue.record("503 is tried again")
            return
        }
        #expect(problem.retryAfter == .seconds(120))
    }
}
