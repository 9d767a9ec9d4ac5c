import Foundation
import JSON
import TestSupport
import Testing

/// The program itself: how it starts, ends, and takes scenarios.
@Suite struct ProgramTests {
    @Test func aTermSignalEndsItWithoutError() async throws {
        let process = try TestProcess("ses-simulator", [])
        try await process.waitFor("listening on http://127.0.0.1:")
        process.signal(SIGTERM)
        #expect(try await process.exitStatus() == 0)
    }

    @Test func theReadyFileHasTheAddresses() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/ready.json"
        let process = try TestProcess("ses-simulator", ["--ready-file", path, "--exit-with-stdin"])
        try await process.waitFor("listening on")
        let ready = try JSONValue(decoding: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
        let service = try #require(ready["ses"]?.string)
        #expect(process.printed.contains("ses \(service)\n"))
        #expect(process.printed.contains("webhooks \(ready["webhooks"]?.string ?? "none")\n"))
        #expect(ready["pid"] == .string(String(process.pid)))
        let statistics = try HTTPExchange.run("GET", service + "/simulator/statistics")
        #expect(try JSONValue(decoding: statistics)["requests"] == 0)
    }

    @Test func theEndOfStandardInputEndsIt() async throws {
        let process = try TestProcess(
            "/bin/sh",
            ["-c", "exec \"$0\" --exit-with-stdin </dev/null", TestProcess.products.path + "/ses-simulator"]
        )
        #expect(try await process.exitStatus() == 0)
        #expect(process.printed.contains("listening on"))
    }

    @Test(
        arguments: [
            ("{", "scenario.json"), (#"{"jbos": []}"#, "jbos is no member of the scenario"),
            (#"{"jobs": [{"id": "a", "timelime": []}]}"#, "timelime is no member of jobs"),
            (#"{"jobs": [{"id": 3}]}"#, "jobs.[0].id"), (#"{"faults": [{"kind": "fire"}]}"#, "fire"),
            (#"{"webhooks": [{"name": "a", "secret": "plain"}]}"#, "the secret is whsec_ and base64"),
            (#"{"webhooks": [{"name": "a", "public_key": "whpk_AA=="}]}"#, "32 bytes"),
            (#"{"latency_ms": 9223372036854775807}"#, "an hour"), (#"{"clear": ["rain"]}"#, "rain"),
            (#"{"jobs": [{"id": "a", "count": -1}]}"#, "jobs: a"),
        ]
    )
    func aBadScenarioIsRefusedWithItsPlace(scenario: String, complaint: String) async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("scenario.json", scenario)
        let process = try TestProcess("ses-simulator", ["--scenario", path, "--exit-with-stdin"])
        #expect(try await process.exitStatus() != 0)
        #expect(process.printed.contains(complaint), "\(process.printed)")
    }

    @Test func whatIsNoAddressIsRefused() async throws {
        let process = try TestProcess("ses-simulator", ["--listen", "somewhere"])
        #expect(try await process.exitStatus() != 0)
        #expect(process.printed.contains("write host:port"))
    }
}
