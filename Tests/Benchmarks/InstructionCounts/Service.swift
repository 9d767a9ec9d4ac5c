import AWS
import ImportWatch

/// The requests to the service and its answers, without the way between.
struct Service {
    static let start = WallTime(secondsSinceEpoch: Int64(1_795_100_000))

    private static let credentials = Credentials(
        accessKeyID: "AKIDSIMULATOR",
        secretAccessKey: "simulator-secret",
        provider: "test"
    )
    private var client: SESv2Client

    /// Fails only where the endpoint's address is none.
    init?() {
        guard let endpoint = ServiceEndpoint("https://email.eu-west-1.amazonaws.com") else { return nil }
        client = SESv2Client(
            endpoint: endpoint,
            region: "eu-west-1",
            connectTimeout: .seconds(5),
            timeout: .seconds(15)
        )
    }

    /// A signed request.
    mutating func request(jobID: String, at time: WallTime) -> HTTPRequest {
        client.request(GetImportJob(jobID: jobID), signedWith: Self.credentials, at: time)
    }

    static func result(of response: HTTPResponse, jobID: String) -> PollResult {
        GetImportJob(jobID: jobID).result(of: response, now: start)
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
