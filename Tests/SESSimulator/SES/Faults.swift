/// What goes wrong with an answer.
enum Faults {
    /// More than any client should be willing to read, in bytes.
    private static let oversized = 2 << 20

    /// - Parameters:
    ///   - interval: Between two bytes of a slow answer, in milliseconds.
    ///   - message: What an error of the service says instead of the usual words.
    static func spoil(
        _ answer: ServerAnswer,
        by fault: Scenario.Fault.Kind,
        interval: Int64 = 100,
        message: String? = nil,
        world: inout World
    ) -> ServerAnswer {
        switch fault {
        case .reset: return answer.sent(.reset)
        case .resetMidway: return answer.sent(.resetMidway)
        case .hang: return answer.sent(.hang)
        case .slow: return answer.sent(.slow(max(1, interval)))
        case .truncated: return answer.sent(.truncated)
        case .close: return answer.sent(.thenClose)
        case .garbage: return ServerAnswer(raw: Array("\u{1}\u{2}garbage\r\n\r\n".utf8), manner: .thenClose)
        case .html: return html
        case .oversized: return reply([UInt8](repeating: 0x20, count: oversized), &world)
        case .empty: return reply([], &world)
        case .notJSON: return reply(Array(#"{"JobId": "a", "JobStatus": "#.utf8), &world)
        case .wrongTypes:
            let body = #"{"JobId":17,"JobStatus":["COMPLETED"],"ProcessedRecordsCount":"many","FailureInfo":true}"#
            return reply(Array(body.utf8), &world)
        case .error500:
            return ServiceAnswers.error(500, "InternalFailure", message ?? "An internal error occurred.", &world)
        case .error503: return ServerAnswer.plain(503, "Service Unavailable")
        case .throttled: return ServiceAnswers.throttled(&world)
        case .expired:
            let usual = "The security token included in the request is expired"
            return ServiceAnswers.error(403, "ExpiredTokenException", message ?? usual, &world)
        case .denied:
            let usual =
                "User: arn:aws:iam::123456789012:user/watch is not authorized to perform: ses:GetImportJob"
            return ServiceAnswers.error(403, "AccessDeniedException", message ?? usual, &world)
        case .latin1:
            let text = String(decoding: answer.bytes.suffix(answer.bodyLength), as: UTF8.self)
            return reply(text.unicodeScalars.map { UInt8(exactly: $0.value) ?? UInt8(ascii: "?") }, &world)
        }
    }

    private static let html = ServerAnswer(
        status: 502,
        headers: [("Content-Type", "text/html")],
        body: Array("<html><body><h1>502 Bad Gateway</h1></body></html>\n".utf8)
    )

    private static func reply(_ body: [UInt8], _ world: inout World) -> ServerAnswer {
        ServerAnswer(status: 200, headers: ServiceAnswers.headers(&world), body: body)
    }
}
