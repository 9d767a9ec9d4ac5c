import JSON
import TestSupport
import Testing

/// The webhook receiver, as the Standard Webhooks project's own library reaches it.
@Suite struct WebhookTests {
    private static let secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    private static let otherSecret = "whsec_b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcm90aGVybw=="
    /// RFC 8032, section 7.1, test 1.
    private static let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
    private static let publicKey = "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func simulator(_ webhook: String = "") async throws -> Simulator {
        try await Simulator(
            #"{"webhooks": [{"name": "ops", "secret": "\#(Self.secret)"\#(webhook)}]}"#,
            in: folder
        )
    }

    private func send(_ simulator: Simulator, _ options: [JSONValue.Member] = []) async throws -> JSONValue {
        let standard = JSONValue.Member("secrets", [.string(Self.secret)])
        let all = options.contains { $0.name == "secrets" } ? options : options + [standard]
        return try await PythonClients.run(
            "standard-webhook.py",
            ["\(simulator.webhooks)/hook/ops", JSONValue.object(all).text]
        )
    }

    @Test func acceptsAGoodSignatureAndKeepsWhatArrived() async throws {
        let simulator = try await simulator()
        #expect(try await send(simulator)["status"] == 204)
        #expect(simulator.process.printed.contains("webhook ops: ses.import_job.completed job a, status COMPLETED"))
        #expect(simulator.process.printed.contains("try 1, signature ok, answered 204"))
        let text = try HTTPExchange.run("GET", simulator.service + "/simulator/statistics")
        let arrivals = try #require(try JSONValue(decoding: text)["arrivals"]?.array)
        #expect(arrivals.count == 1)
        #expect(arrivals.first?["signature_valid"] == true)
        #expect(arrivals.first?["headers"]?["webhook-id"] == arrivals.first?["id"])
        #expect(arrivals.first?["body"]?.string?.contains("größer") == true)
    }

    @Test func acceptsOneGoodSignatureAmongSeveral() async throws {
        let secrets: JSONValue = [.string(Self.otherSecret), .string(Self.secret)]
        #expect(try await send(simulator(), [.init("secrets", secrets)])["status"] == 204)
    }

    @Test(
        arguments: [
            [.init("tamper", true)], [.init("secrets", [.string(Self.otherSecret)])], [.init("secrets", [])],
            [.init("age", 400)], [.init("age", -400)],
        ] as [[JSONValue.Member]]
    )
    func refusesBadSignatures(options: [JSONValue.Member]) async throws {
        let simulator = try await simulator()
        #expect(try await send(simulator, options)["status"] == 401)
        #expect(simulator.process.printed.contains("signature BAD"))
        #expect(try await simulator.statistics().arrivals.map(\.signatureValid) == [false])
    }

    @Test func demandsEd25519WhereAPublicKeyIsGiven() async throws {
        let simulator = try await simulator(#", "public_key": "\#(Self.publicKey)""#)
        #expect(try await send(simulator)["status"] == 401)
        #expect(try await send(simulator, [.init("seed", .string(Self.seed))])["status"] == 204)
        let other = String(repeating: "42", count: 32)
        #expect(try await send(simulator, [.init("seed", .string(other))])["status"] == 401)
        #expect(
            try await send(simulator, [.init("seed", .string(Self.seed)), .init("tamper", true)])["status"] == 401
        )
    }

    @Test func failsTheFirstTriesOfEachNotification() async throws {
        let simulator = try await simulator(#", "fail_first": 2, "status": 429, "retry_after": 7"#)
        for id in ["evt_a", "evt_b"] {
            var answers: [JSONValue] = []
            for _ in 0..<3 { answers.append(try await send(simulator, [.init("id", .string(id))])) }
            #expect(answers.map { $0["status"] } == [429, 429, 204])
            #expect(answers.first?["headers"]?["retry-after"] == "7")
            #expect(answers.last?["headers"]?["retry-after"] == nil)
        }
        #expect(simulator.process.printed.contains("try 3, signature ok, answered 204"))
    }

    @Test(
        arguments: [
            (#""status": 410"#, "status", 410), (#""status": 302, "location": "http://x.test/""#, "status", 302),
            (#""failure": "reset""#, "error", "ConnectionResetError"),
            (#""failure": "truncated""#, "error", "IncompleteRead"),
            (#""failure": "garbage""#, "error", "BadStatusLine"), (#""failure": "hang""#, "error", "TimeoutError"),
        ] as [(String, String, JSONValue)]
    )
    func failsAsTheScenarioSays(failure: String, member: String, value: JSONValue) async throws {
        let simulator = try await simulator(#", "probability": 1, \#(failure)"#)
        let answer = try await send(simulator, [.init("timeout", 2)])
        #expect(answer[member] == value, "\(answer.text)")
        if value == 302 { #expect(answer["headers"]?["location"] == "http://x.test/") }
        #expect(try await simulator.statistics().arrivals.count == 1)
    }

    @Test func keepsAnswersBack() async throws {
        let simulator = try await simulator(#", "delay_ms": 700"#)
        let answer = try await send(simulator)
        #expect(answer["status"] == 204)
        #expect(answer["seconds"]?.number ?? 0 >= 0.7)
    }
}
