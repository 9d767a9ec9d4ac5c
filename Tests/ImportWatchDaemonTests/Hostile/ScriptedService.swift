import Foundation
import Synchronization

/// A service on this machine whose every answer a test writes itself, and which notes when each request came.
final class ScriptedService: Sendable {
    /// The number of a request from 0, and the request itself, to the bytes of its answer.
    typealias Script = @Sendable (_ number: Int, _ request: String) -> String

    let port: UInt16
    private let descriptor: Int32
    private let came = Mutex<[Double]>([])

    init(_ script: @escaping Script) throws {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        descriptor = socket(AF_INET, kind, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, length)
                _ = listen(descriptor, 1024)
                _ = getsockname(descriptor, $0, &length)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [weak self] in
            while true {
                let client = accept(descriptor, nil, nil)
                guard client >= 0 else { return }
                Thread.detachNewThread { [weak self] in
                    while let request = Self.read(client), let number = self?.note() {
                        let answer = Array(script(number, request).utf8)
                        guard send(client, answer, answer.count, Int32(MSG_NOSIGNAL)) == answer.count else { break }
                    }
                    close(client)
                }
            }
        }
    }

    deinit {
        shutdown(descriptor, Int32(SHUT_RDWR))
        close(descriptor)
    }

    var address: String { "http://127.0.0.1:\(port)" }

    /// When each request came, in seconds by a clock that only goes on.
    var arrivals: [Double] { came.withLock { $0 } }

    private func note() -> Int {
        let now = ProcessInfo.processInfo.systemUptime
        return came.withLock {
            $0.append(now)
            return $0.count - 1
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
