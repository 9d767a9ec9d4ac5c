import Foundation
import Synchronization
import TestSupport

/// A service on this machine whose every answer a test writes itself, and which notes when each request came.
final class ScriptedService: Sendable {
    /// The number of a request from 0, and the request itself, to the bytes of its answer.
    typealias Script = @Sendable (_ number: Int, _ request: String) -> String

    private let listener: LoopbackListener
    private let came: Arrivals

    init(_ script: @escaping Script) throws {
        let came = Arrivals()
        self.came = came
        listener = try LoopbackListener { client in
            while let request = Self.read(client) {
                let answer = Array(script(came.note(), request).utf8)
                guard send(client, answer, answer.count, Int32(MSG_NOSIGNAL)) == answer.count else { return }
            }
        }
    }

    var address: String { listener.address }

    /// When each request came, in seconds by a clock that only goes on.
    var arrivals: [Double] { came.times.withLock { $0 } }

    private final class Arrivals: Sendable {
        let times = Mutex<[Double]>([])

        func note() -> Int {
            let now = ProcessInfo.processInfo.systemUptime
            return times.withLock {
                $0.append(now)
                return $0.count - 1
            }
        }
    }

    /// Reads a request without a body; `nil` at the connection's end.
    private static func read(_ client: Int32) -> String? {
        var text = ""
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while !text.hasSuffix("\r\n\r\n") {
            let count = recv(client, &chunk, chunk.count, 0)
            guard count > 0 else { return nil }
            text += String(decoding: chunk.prefix(count), as: UTF8.self)
        }
        return text
    }

    static func answer(_ status: String = "200 OK", headers: [String] = [], body: String) -> String {
        let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }
}

extension DaemonHarness {
    /// A daemon whose jobs a scripted service knows; the simulator takes only its webhooks.
    static func against(
        _ service: ScriptedService,
        jobs: [String] = ["a"],
        requestsPerSecond: String = "50",
        polling: String = ""
    ) async throws -> DaemonHarness {
        let harness = try await DaemonHarness(
            #"{"webhooks": [{"name": "ops", "secret": "\#(secret)"}]}"#,
            jobs: []
        )
        let list = jobs.map { "\"\($0)\"" }.joined(separator: ", ")
        try harness.folder.write(
            "importwatchd.toml",
            """
            region = "eu-west-1"
            endpoint_url = "\(service.address)"
            jobs = [\(list)]
            [polling]
            requests_per_second = \(requestsPerSecond)
            min_delay = "100ms"
            max_delay = "400ms"
            \(polling)
            [[webhook]]
            name = "ops"
            url = "\(harness.simulator.webhooks)/hook/ops"
            secret_file = "secret"
            """
        )
        return harness
    }
}
