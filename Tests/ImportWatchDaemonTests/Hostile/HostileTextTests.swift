import Foundation
import TestSupport
import Testing

extension Hostile {
    /// Long texts that are made to be slow to look at, in every answer at once: the daemon goes on answering `status`, and
    /// SIGTERM ends it in time.
    @Suite(.serialized) struct HostileTextTests {
        enum Shape: String, CaseIterable {
            case backslashes, percents, unicodeEscapes, names, addresses, mixed

            /// What stands in the service's JSON again and again.
            var piece: String {
                switch self {
                case .backslashes: "\\\\"
                case .percents: "%25"
                case .unicodeEscapes: "\\\\u005c"
                case .names: "x-amz-signature"
                case .addresses: "https://a "
                case .mixed: "%5c\\\\\\\\akia-whsec_ sessiontoken \\\"🇩🇪\u{301}"
                }
            }
        }

        /// An answer whose text makes its body so long.
        private static func answer(_ head: String, _ opening: String, _ shape: Shape, _ closing: String, bytes: Int)
            -> String
        {
            let room = bytes - opening.utf8.count - closing.utf8.count
            let body = opening + String(repeating: shape.piece, count: room / shape.piece.utf8.count) + closing
            return "HTTP/1.1 \(head)\r\nConnection: close\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }

        private func check(_ answer: String, _ what: String, polls: Int) async throws {
            let server = try FloodServer(answer)
            let folder = try TemporaryFolder()
            let jobs = (0..<max(16, polls)).map { "\"job-\($0)\"" }.joined(separator: ",")
            let configuration = try folder.write(
                "importwatchd.toml",
                """
                region = "eu-west-1"
                endpoint_url = "\(server.address)"
                jobs = [\(jobs)]
                [polling]
                requests_per_second = 1000
                min_delay = "400ms"
                max_delay = "800ms"
                """
            )
            let environment = Simulator.environment
            let daemon = try TestProcess("importwatchd", ["--config", configuration], environment: environment)
            try await daemon.waitUntil("answers to \(polls) polls") { server.connections >= polls }
            let begun = Date()
            let tool = try TestProcess("importwatchctl", ["status", "--json", "--config", configuration])
            let status = try await tool.exitStatus()
            let took = Date().timeIntervalSince(begun)
            #expect(status == 0 && took < 20, "\(what): \(took) s, \(tool.printed)")
            let peak = try daemon.peakMegabytes
            let stopped = try await daemon.stopsInTime()
            print("\(what): status \(Int(took * 1000)) ms, SIGTERM \(Int(stopped * 1000)) ms, peak \(peak) MB")
        }

        @Test(arguments: Shape.allCases) func longErrorsHoldNothingUp(shape: Shape) async throws {
            let head = "400 Bad Request\r\nx-amzn-errortype: BadRequestException"
            let text = Self.answer(head, "{\"message\":\"", shape, "\"}", bytes: 120_000)
            try await check(text, "\(shape.rawValue) in an error", polls: 64)
        }

        /// Polls come more slowly while the service is in trouble.
        @Test func hugeErrorsAndLongCodesHoldNothingUp() async throws {
            let huge = Self.answer("400 Bad Request", "{\"message\":\"", .backslashes, "\"}", bytes: 1 << 20)
            try await check(huge, "a megabyte in an error", polls: 4)
            let code = Self.answer("400 Bad Request", "{\"__type\":\"", .backslashes, "\"}", bytes: 120_000)
            try await check(code, "backslashes in an error's code", polls: 4)
        }

        /// More is looked at of a failure than of an error, and each is told: fewer at once are enough.
        @Test(arguments: Shape.allCases) func longFailuresHoldNothingUp(shape: Shape) async throws {
            let opening = "{\"JobStatus\":\"FAILED\",\"FailureInfo\":{\"ErrorMessage\":\""
            let text = Self.answer("200 OK", opening, shape, "\"}}", bytes: 120_000)
            try await check(text, "\(shape.rawValue) in a failure", polls: 16)
        }
    }
}
