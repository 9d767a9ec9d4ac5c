import AWS
import ImportWatch
import SESv2

/// The requests to the service and its answers, without the way between.
struct Service {
    static let start = WallTime(secondsSinceEpoch: Int64(1_795_100_000))

    private let endpoint = ServiceEndpoint.sesv2(region: "eu-west-1")
    private var signer = SigV4Signer(
        credentials: Credentials(accessKeyID: "AKIDSIMULATOR", secretAccessKey: "simulator-secret", provider: "test"),
        region: "eu-west-1",
        service: "ses"
    )

    mutating func sign(at time: WallTime) -> [HTTPHeader] {
        let path = "/v2/email/import-jobs/00000000-0d3b-4f9a-9a55-0c1d2e3f4a5b"
        return signer.sign(SigV4Request(method: "GET", path: path, headers: [("host", endpoint.host)]), at: time)
    }

    mutating func request(jobID: String, at time: WallTime) -> HTTPRequest {
        GetImportJob.request(
            jobID: jobID,
            endpoint: endpoint,
            signer: &signer,
            at: time,
            connectTimeout: .seconds(5),
            timeout: .seconds(15)
        )
    }

    static func result(of response: HTTPResponse, jobID: String) -> PollResult {
        GetImportJob.result(of: response, jobID: jobID, now: start)
    }

    static func response(jobID: String) -> HTTPResponse {
        let headers = """
            HTTP/1.1 200 OK\r
            Date: Thu, 19 Nov 2026 16:53:20 GMT\r
            Content-Type: application/json\r
            Content-Length: 409\r
            Connection: keep-alive\r
            x-amzn-RequestId: 3f2c61a45be84f0c9f4f2f2e65a1c7d9\r
            \r\n
            """
        let body = """
            {"JobId":"\(jobID)","ImportDestination":{"ContactListDestination":{"ContactListName":"newsletter",\
            "ContactListImportAction":"PUT"}},"ImportDataSource":{"S3Url":\
            "s3://imports-eu-west-1/2026/11/newsletter.csv","DataFormat":"CSV"},"JobStatus":"PROCESSING",\
            "CreatedTimestamp":1.7951E9,"ProcessedRecordsCount":48211,"FailedRecordsCount":3}
            """
        return HTTPResponse(status: 200, headerBlock: Array(headers.utf8), body: Array(body.utf8))
    }
}
