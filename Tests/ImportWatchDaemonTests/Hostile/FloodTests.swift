import Foundation
import TestSupport
import Testing

extension Hostile {
    /// Answers without an end, from the service and from a receiver: the daemon's memory stays bounded, it goes on answering
    /// `status`, and SIGTERM ends it in time.
    @Suite(.serialized) struct FloodTests {
        enum Flood: String, CaseIterable {
            case trailers, headers, informational, foldedHeader, tinyChunks, chunkExtension, fastChunkExtension, body,
                errorBody

            var server: FloodServer {
                get throws {
                    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                    let line = "X-Flood: " + String(repeating: "a", count: 500) + "\r\n"
                    return switch self {
                    case .trailers: try FloodServer(chunked + "2\r\n{}\r\n0\r\n", repeated: line)
                    case .headers: try FloodServer("HTTP/1.1 200 OK\r\n", repeated: line)
                    case .informational: try FloodServer("", repeated: "HTTP/1.1 103 Early Hints\r\n\(line)\r\n")
                    case .foldedHeader:
                        try FloodServer("HTTP/1.1 200 OK\r\nX-Flood: a\r\n", repeated: " aaaaaaaaaaaa\r\n")
                    case .tinyChunks: try FloodServer(chunked, repeated: "1\r\n{\r\n")
                    case .chunkExtension: try FloodServer(chunked + "5;", repeated: "aaaaaaaa")
                    case .fastChunkExtension:
                        try FloodServer(chunked + "1;", repeated: "xxxxxxxx", isPaced: false)
                    case .body: try FloodServer("HTTP/1.1 200 OK\r\n\r\n", repeated: "{{{{{{{{")
                    case .errorBody:
                        try FloodServer("HTTP/1.1 400 Bad Request\r\n\r\n{\"message\":\"", repeated: "\\\\")
                    }
                }
            }
        }

        /// The bytes of a daemon of its own size and of the budget for answers, with room for what decoding them takes.
        private static let megabytes = 110

        /// A daemon that asks about many jobs as often as it can.
        private static func harness(asking address: String) async throws -> DaemonHarness {
            let harness = try await DaemonHarness("{}", jobs: [])
            let jobs = (0..<64).map { "\"job-\($0)\"" }.joined(separator: ",")
            try harness.folder.write(
                "importwatchd.toml",
                """
                region = "eu-west-1"
                endpoint_url = "\(address)"
                jobs = [\(jobs)]
                [polling]
                requests_per_second = 1000
                min_delay = "100ms"
                max_delay = "200ms"
                request_timeout = "4s"
                """
            )
            return harness
        }

        private func checkService(_ daemon: TestProcess, _ harness: DaemonHarness, _ flood: String) async throws {
            let begun = Date()
            let status = try await harness.tool(["status", "--json"])
            let answered = Date().timeIntervalSince(begun)
            // The flood and other tests have the processors too.
            #expect(status.status == 0 && answered < 15, "\(flood): \(answered) s, \(status.printed)")
            let peak = try daemon.peakMegabytes
            #expect(peak < Self.megabytes, "\(flood): \(peak) MB")
            let took = try await daemon.stopsInTime()
            let milliseconds = [answered, took].map { Int($0 * 1000) }
            print("flood of \(flood): status \(milliseconds[0]) ms, peak \(peak) MB, SIGTERM \(milliseconds[1]) ms")
        }

        @Test(arguments: Flood.allCases) func theServiceCanNotFloodTheDaemon(flood: Flood) async throws {
            let server = try flood.server
            let harness = try await Self.harness(asking: server.address)
            let daemon = try harness.daemon()
            try await daemon.waitUntil("a flood") { server.bytes > 4 << 20 || server.connections > 200 }
            try await Task.sleep(for: .seconds(1))
            try await checkService(daemon, harness, flood.rawValue)
            #expect(!daemon.printed.contains(" lost"))
        }

        @Test(arguments: Flood.allCases) func aReceiverCanNotFloodTheDaemon(flood: Flood) async throws {
            let server = try flood.server
            let harness = try await DaemonHarness(
                #"{"jobs": [{"id": "a-{n}", "count": 64, "timeline": [{"status": "COMPLETED"}]}]}"#,
                jobs: (0..<64).map { "a-\($0)" }
            )
            try harness.configure(
                jobs: (0..<64).map { "a-\($0)" },
                more: """
                    timeout = "4s"
                    concurrency = 64
                    [[webhook]]
                    name = "flood"
                    url = "\(server.address)/"
                    concurrency = 64
                    timeout = "4s"
                    """
            )
            let daemon = try harness.daemon()
            try await daemon.waitUntil("what others get") { try await harness.delivered().count == 64 }
            try await daemon.waitUntil("a flood") { server.connections > 1 }
            try await Task.sleep(for: .seconds(1))
            try await checkService(daemon, harness, flood.rawValue)
        }

        /// libcurl reads what a proxy answers to CONNECT in one call, without a look at any limit of time.
        @Test(arguments: [
            "Transfer-Encoding: chunked\r\n\r\n", "Content-Length: 999999999999\r\n\r\n", "X-Flood: ",
        ])
        func aProxyCanNotFloodTheDaemon(answer: String) async throws {
            let harness = try await Self.harness(asking: "https://ses.invalid")
            let repeated =
                answer.hasPrefix("Transfer") ? "5\r\naaaaa\r\n" : answer.hasPrefix("X") ? "a\r\nX-Flood: " : "a"
            let proxy = try FloodServer("HTTP/1.1 407 No\r\n" + answer, repeated: repeated)
            var environment = Simulator.environment
            environment["HTTPS_PROXY"] = proxy.address
            let daemon = try harness.daemon(environment: environment)
            try await daemon.waitFor("no usable answer")
            try await checkService(daemon, harness, "a proxy's " + answer.prefix { $0 != ":" })
        }
    }
}
