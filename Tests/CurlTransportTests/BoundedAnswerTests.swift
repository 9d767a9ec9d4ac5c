import CurlTransport
import ImportWatch
import TestSupport
import Testing

/// What becomes of answers that are longer than what is taken.
@MainActor @Suite(.serialized) struct BoundedAnswerTests {
    private let transport: CurlTransport

    init() throws {
        transport = try CurlTransport(userAgent: "importwatchd/test", now: MachineClock.now)
    }

    /// Many long answers at once overdraw the budget also while whole ones wait to be reported.
    @Test func anAnswerThatWasDroppedIsNeverCalledASuccess() async throws {
        // Sent in pieces with waits between, so that all are under way at once however soon one could be read.
        let size = 1 << 20
        let server = try FloodServer("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n", repeated: "x")
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

    /// libcurl hands nothing over of extensions of chunks, and counts them nowhere.
    @Test func anEndlessExtensionOfAChunkEndsTheExchangeAndLeavesTimeToOthers() async throws {
        let server = try FloodServer(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;",
            repeated: "xxxxxxxx",
            isPaced: false
        )
        let request = HTTPRequest(method: .get, url: server.address, timeout: .seconds(25), proxy: .none)
        let clock = ContinuousClock()
        var begun = clock.now
        var longest = Duration.zero
        transport.turnObserver = { begins in
            if begins { begun = clock.now } else { longest = max(longest, clock.now - begun) }
        }
        var kinds: [String?] = []
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            for _ in 0..<8 {
                _ = transport.send(request) { result in
                    if case .failure(let error) = result { kinds.append(error.kind) } else { kinds.append(nil) }
                    if kinds.count == 8 { continuation.resume() }
                }
            }
        }
        print("extension of a chunk: longest turn \(longest)")
        #expect(kinds == Array(repeating: "other", count: 8))
        // The flood and other tests have the processors too.
        #expect(longest < .milliseconds(400))
    }

    @Test func aHintToWaitOutlivesALongErrorPage() async throws {
        let page = String(repeating: "x", count: 100_000)
        let server = try LoopbackServer { _ in
            .answerAndClose(LoopbackServer.answer("429 Slow Down", headers: "Retry-After: 77\r\n", body: page))
        }
        let request = HTTPRequest(method: .post, url: server.address, proxy: .none, answer: .withoutBody)
        let response = try await transport.answer(to: request).get()
        #expect(response.status == 429)
        #expect(response.header("retry-after") == "77")
        #expect(response.body.isEmpty)
    }

    @Test func aHostThatIsNamedProxyIsNotTakenForOne() async {
        let result = await transport.answer(
            to: HTTPRequest(method: .get, url: "http://ses-proxy.localhost:1/", proxy: .none)
        )
        guard case .failure(let error) = result else {
            Issue.record("port 1 answered")
            return
        }
        #expect(error.kind == "connect")
    }
}
