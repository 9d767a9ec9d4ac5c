import JSON
import TestSupport
import Testing

/// What a client that we did not write (curl) sees of each fault.
@Suite struct FaultTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// curl's exit status and what it printed: the answer with its headers, and its complaints.
    private func curl(
        _ simulator: Simulator,
        _ job: String = "a",
        _ options: [String] = []
    ) async throws -> (status: Int32, printed: String) {
        let process = try TestProcess(
            "/usr/bin/curl",
            ["-q", "-sS", "-i", "--noproxy", "*", "--aws-sigv4", "aws:amz:eu-west-1:ses"]
                + ["--user", "AKIDSIMULATOR:simulator-secret"] + options
                + ["\(simulator.service)/v2/email/import-jobs/\(job)"]
        )
        return (try await process.exitStatus(seconds: 60), process.printed)
    }

    private func simulator(_ fault: String) async throws -> Simulator {
        try await Simulator(
            #"{"faults": [\#(fault)], "jobs": [{"id": "a", "count": null}, {"id": "b"}]}"#,
            in: folder
        )
    }

    @Test(
        arguments: [
            // 56: receiving failed; 18: the body is shorter than promised; 1: what came is no HTTP/1.
            ("reset", 56, "reset by peer"), ("reset_midway", 56, "reset by peer"),
            ("truncated", 18, "bytes remaining to read"), ("garbage", 1, "HTTP/0.9"),
            ("error500", 0, "InternalFailure"), ("error503", 0, "HTTP/1.1 503 "), ("html", 0, "<html>"),
            ("not_json", 0, #""JobStatus": "#), ("wrong_types", 0, #""JobId":17"#),
            ("empty", 0, "Content-Length: 0"), ("denied", 0, "AccessDeniedException"),
            ("expired", 0, "ExpiredTokenException"), ("throttled", 0, "TooManyRequestsException"),
            ("oversized", 63, "Maximum file size exceeded"),
        ]
    )
    func showsAs(kind: String, status: Int, text: String) async throws {
        let simulator = try await simulator(#"{"kind": "\#(kind)"}"#)
        let options = kind == "oversized" ? ["--max-filesize", "1048576"] : []
        let answer = try await curl(simulator, "a", options)
        #expect(answer.status == Int32(status), "\(answer.printed.prefix(500))")
        #expect(answer.printed.contains(text), "\(answer.printed.prefix(500))")
    }

    @Test func latin1IsNoUTF8() async throws {
        let simulator = try await Simulator(
            """
            {"faults": [{"kind": "latin1", "job": "a"}],
             "jobs": [{"id": "{n}", "count": 1, "message": "Zürich", "timeline": [{"status": "FAILED"}]},
                      {"id": "a", "message": "Zürich", "timeline": [{"status": "FAILED"}]}]}
            """,
            in: folder
        )
        #expect(try await curl(simulator, "0").printed.contains("Zürich"))
        #expect(try await curl(simulator, "a").printed.contains("Z\u{FFFD}rich"))
    }

    @Test func hangingAndSlowAnswersOutlastTheClient() async throws {
        let hanging = try await simulator(#"{"kind": "hang"}"#)
        let nothing = try await curl(hanging, "a", ["--max-time", "1"])
        #expect(nothing.status == 28)
        #expect(!nothing.printed.contains("HTTP/1.1"))
        let slow = try await simulator(#"{"kind": "slow", "interval_ms": 50}"#)
        let some = try await curl(slow, "a", ["--max-time", "3", "-N"])
        #expect(some.status == 28)
        #expect(some.printed.contains("HTTP/1.1 200 OK"))
        #expect(!some.printed.contains("JobId"))
    }

    @Test func closeEndsTheConnectionAfterAGoodAnswer() async throws {
        let closing = try await simulator(#"{"kind": "close"}"#)
        let keeping = try await simulator("")
        for (simulator, connections) in [(closing, "1"), (keeping, "0")] {
            let second = "\(simulator.service)/v2/email/import-jobs/b"
            let answer = try await curl(simulator, "a", ["-w", "\nconnections %{num_connects}\n", second])
            #expect(answer.status == 0)
            #expect(answer.printed.contains("connections 1\n"))
            #expect(answer.printed.hasSuffix("connections \(connections)\n"))
        }
    }

    @Test func aFaultCanBeOfOneJobAndEnd() async throws {
        let simulator = try await simulator(#"{"kind": "error500", "job": "b", "times": 2}"#)
        #expect(try await curl(simulator, "a").printed.contains("200 OK"))
        for _ in 0..<2 { #expect(try await curl(simulator, "b").printed.contains("500 ")) }
        #expect(try await curl(simulator, "b").printed.contains("200 OK"))
    }

    @Test func theSameSeedSpoilsTheSameAnswers() async throws {
        var runs: [[Bool]] = []
        for _ in 0..<2 {
            let simulator = try await simulator(#"{"kind": "error500", "probability": 0.5}"#)
            var spoiled: [Bool] = []
            for _ in 0..<12 { spoiled.append(try await curl(simulator).printed.contains("500 ")) }
            runs.append(spoiled)
        }
        #expect(runs[0] == runs[1])
        #expect(Set(runs[0]).count == 2)
    }

    @Test func unsignedAndMalformedRequestsAreTold() async throws {
        let simulator = try await simulator("")
        func ask(_ header: String) async throws -> String {
            let url = "\(simulator.service)/v2/email/import-jobs/a"
            let process = try TestProcess("/usr/bin/curl", ["-q", "-sSi", "--noproxy", "*", "-H", header, url])
            _ = try await process.exitStatus()
            return process.printed
        }
        #expect(try await ask("X-Other: 1").contains("MissingAuthenticationTokenException"))
        #expect(try await ask("Authorization: Basic YTpi").contains("IncompleteSignatureException"))
        #expect(try await ask("Authorization: AWS4-HMAC-SHA256 Credential=a").contains("requires 'Signature'"))
        #expect(
            try await ask(
                "Authorization: AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=00"
            ).contains("'X-Amz-Date'")
        )
    }
}
