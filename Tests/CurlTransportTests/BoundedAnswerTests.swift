import CurlTransport
import ImportWatch
import TestSupport
import Testing

/// What becomes of answers that are longer than what is taken.
@MainActor @Suite(.serialized) struct BoundedAnswerTests {
    private let transport: CurlTransport

    init() throws {
        transport = try CurlTransport(userAgent: "importwatchd/test")
    }

    private func send(_ request: HTTPRequest) async -> Result<HTTPResponse, TransportError> {
        await withCheckedContinuation { continuation in
            _ = transport.send(request) { continuation.resume(returning: $0) }
        }
    }

    /// Many long answers at once overdraw the budget also while whole ones wait to be reported.
    @Test func anAnswerThatWasDroppedIsNeverCalledASuccess() async throws {
        let size = 1_000_000
        let server = try FloodServer(
            "HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n" + String(repeating: "x", count: size)
        )
        let request = HTTPRequest(method: .get, url: server.address, timeout: .seconds(60), proxy: .none)
        var bodies: [Int?] = []
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            for _ in 0..<120 {
                _ = transport.send(request) { result in
                    bodies.append(try? result.get().body.count)
                    if bodies.count == 120 { continuation.resume() }
                }
            }
        }
        #expect(bodies.allSatisfy { $0 == nil || $0 == size })
        #expect(bodies.contains(size) && bodies.contains(nil))
    }

    @Test func aHintToWaitOutlivesALongErrorPage() async throws {
        let page = String(repeating: "x", count: 100_000)
        let server = try SocketServer { _ in
            .answerAndClose(SocketServer.answer("429 Slow Down", headers: "Retry-After: 77\r\n", body: page))
        }
        let request = HTTPRequest(method: .post, url: server.address, proxy: .none, answer: .withoutBody)
        let response = try await send(request).get()
        #expect(response.status == 429)
        #expect(response.header("retry-after") == "77")
        #expect(response.body.isEmpty)
    }

    @Test func aHostThatIsNamedProxyIsNotTakenForOne() async {
        let result = await send(HTTPRequest(method: .get, url: "http://ses-proxy.localhost:1/", proxy: .none))
        guard case .failure(let error) = result else {
            Issue.record("port 1 answered")
            return
        }
        #expect(error.kind == "connect")
    }
}
