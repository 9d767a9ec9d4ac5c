import Foundation
import JSON
import TestSupport
import Testing

/// Secrets in the texts of services and receivers, and in the configuration, reach no place where people look.
@Suite(.serialized) struct LeakTests {
    /// What no output may hold; every text of the corpus holds it.
    private static let secret = "LEAKEDsecretLEAKED0123"

    /// Texts as services write them, each with a secret.
    private static let corpus = [
        "see https://b.s3.amazonaws.com/k.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=\(secret)",
        "HTTPS://B.S3.AMAZONAWS.COM/K?X-AMZ-SECURITY-TOKEN=\(secret)",
        "https%3A%2F%2Fb.s3.amazonaws.com%2Fk%3FX-Amz-Credential%3D\(secret)",
        "https%253A%252F%252Fb.s3.amazonaws.com%252Fk%253FX-Amz-Signature%253D\(secret)",
        #"{"url":"https:\/\/b.s3.amazonaws.com\/k?X-Amz-Signature=\#(secret)"}"#,
        "x-amz-signature=\(secret)&x=1",
        "x%2damz%2dsecurity%2dtoken%3D\(secret)",
        #"X-Amz-Credential: \#(secret)/20261124"#,
        #""X-Amz-Security-Token" : "\#(secret)""#,
        "<X-Amz-Signature>\(secret)</X-Amz-Signature>",
        "https://hooks.slack.example/services/T0/B0/\(secret)",
        "https://user:\(secret)@hooks.example.com/x",
        "http://127.0.0.1:8080/hook?token=\(secret)",
        "key AKIA\(secret.uppercased()) is not allowed",
        "key ASIA\(secret.uppercased())",
        "whsec_\(secret)",
        "WHSEC%5F\(secret)",
        "whsk_\(secret)",
        "aws_secret_access_key=\(secret)",
    ]

    private static func isClean(_ text: String) -> Bool {
        !text.lowercased().contains(secret.lowercased().dropLast(4))
    }

    private func world() async throws -> DaemonHarness {
        var jobs: [JSONValue] = Self.corpus.enumerated().map { number, text in
            ["id": .string("m\(number)"), "message": .string(text), "timeline": [["status": "FAILED"]]]
        }
        jobs += Self.corpus.enumerated().map { number, text in
            ["id": .string("s\(number)"), "timeline": [["status": .string(text)]]]
        }
        jobs.append(["id": "denied", "region": "us-east-1", "timeline": [["status": "COMPLETED"]]])
        let all = JSONValue.string(Self.corpus.joined(separator: "\n"))
        let scenario: JSONValue = [
            "jobs": .array(jobs),
            "faults": [
                ["kind": "denied", "job": "denied", "times": 1, "message": all],
                ["kind": "error500", "job": "denied", "times": 4, "message": all],
                ["kind": "denied", "job": "denied", "message": all],
            ],
            "webhooks": [["name": .string("down-\(Self.secret)"), "probability": 1]],
        ]
        let harness = try await DaemonHarness(String(decoding: scenario.encoded(), as: UTF8.self), jobs: [])
        try harness.configure(
            jobs: Self.corpus.indices.flatMap { ["m\($0)", "s\($0)"] },
            more: """
                [[webhook]]
                name = "down"
                url = "\(harness.simulator.webhooks)/hook/down-\(Self.secret)?token=\(Self.secret)"
                headers = { Authorization = "Bearer \(Self.secret)" }
                secret_file = "secret"
                [[source]]
                name = "us"
                region = "us-east-1"
                jobs = ["denied"]
                [metrics]
                textfile = "importwatchd.prom"
                """
        )
        return harness
    }

    @Test func noSecretReachesWherePeopleLook() async throws {
        let harness = try await world()
        var environment = Simulator.environment
        environment["AWS_SECRET_ACCESS_KEY"] = "simulator-secret"
        let daemon = try harness.daemon(environment: environment)
        try await daemon.waitUntil("every failure at the webhook that works", seconds: 60) {
            try await harness.delivered().filter { $0.webhook == "ops" }.count == Self.corpus.count
        }
        for words in ["source us (us-east-1): credentials refused", "source us (us-east-1): no usable answer"] {
            try await daemon.waitFor(words)
        }
        try await daemon.waitUntil("the warnings about strange statuses") {
            daemon.printed.components(separatedBy: "which this version does not know").count > Self.corpus.count / 2
        }
        try await daemon.waitFor("webhook down: the receiver answered HTTP 500")
        daemon.signal(SIGUSR1)

        var seen = ["stderr": daemon.printed]
        for arguments in [["status"], ["status", "--json"]] {
            let (status, printed) = try await harness.tool(arguments)
            #expect(status == 0)
            #expect(printed.contains("s0"))
            seen[arguments.joined(separator: " ")] = printed
        }
        let doctor = try TestProcess(
            "importwatchctl",
            ["doctor", "--json", "--probe", "denied", "--config", harness.configuration],
            environment: environment
        )
        #expect(try await doctor.exitStatus() == 1)
        seen["doctor"] = doctor.printed
        seen["notifications"] = try await harness.delivered().filter { $0.webhook == "ops" }.map(\.body).joined()
        seen["processes"] = String(
            decoding: try Data(contentsOf: URL(fileURLWithPath: "/proc/\(daemon.pid)/cmdline")),
            as: UTF8.self
        )
        seen["deliveries"] = try await harness.tool(["deliveries", "--json"]).printed
        seen["story"] = try await harness.tool(["status", "--job", "m0"]).printed
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
        seen["metrics"] = try String(contentsOfFile: harness.folder.path + "/importwatchd.prom", encoding: .utf8)
        for (place, text) in seen {
            #expect(!text.isEmpty, "\(place)")
            #expect(Self.isClean(text), "\(place): \(text)")
        }
    }

    @Test func aSecretInPlaceOfAPathIsNotRepeated() async throws {
        let harness = try await world()
        let text = try String(contentsOfFile: harness.configuration, encoding: .utf8)
        for wrong in ["whsec_\(Self.secret)", "https://hooks.example.com/\(Self.secret)", "keys/whsk_\(Self.secret)"] {
            try harness.folder.write(
                "importwatchd.toml",
                text.replacingOccurrences(of: "secret_file = \"secret\"", with: "secret_file = \"\(wrong)\"")
            )
            let daemon = try harness.daemon()
            #expect(try await daemon.exitStatus() == 6)
            let (status, printed) = try await harness.tool(["check"])
            #expect(status == 6)
            for output in [daemon.printed, printed] {
                #expect(output.contains("webhook.secret_file"))
                #expect(Self.isClean(output), "\(output)")
            }
        }
    }
}
