import CurlTransport
import ImportWatch
import TestSupport
import Testing

@MainActor @Suite(.serialized) struct CurlTransportTests {
    private let transport: CurlTransport

    init() throws {
        transport = try CurlTransport(userAgent: "importwatchd/test", now: MachineClock.now)
    }

    private func failure(_ request: HTTPRequest) async -> TransportError? {
        if case .failure(let error) = await transport.answer(to: request) { error } else { nil }
    }

    private func get(_ url: String, timeout: Duration = .seconds(15)) -> HTTPRequest {
        HTTPRequest(method: .get, url: url, timeout: timeout, proxy: .none)
    }

    @Test func anAnswerComesWithStatusHeadersAndBody() async throws {
        let server = try LoopbackServer { _ in
            .answerAndClose(LoopbackServer.answer("404 Not Found", headers: "X-Amzn-RequestId:  r1 \r\n", body: "{}"))
        }
        let response = try await transport.answer(to: get(server.address + "/x")).get()
        #expect(response.status == 404)
        #expect(response.header("x-amzn-requestid") == "r1")
        #expect(response.header("x-amzn") == nil)
        #expect(response.body == Array("{}".utf8))
        #expect(server.requests.first?.head.contains("User-Agent: importwatchd/test") == true)
    }

    @Test func aBodyIsPostedAsItIs() async throws {
        let server = try LoopbackServer { _ in .answerAndClose(LoopbackServer.answer()) }
        let body = Array("{\"a\":1}".utf8)
        let headers = [HTTPHeader("Content-Type", "application/json"), HTTPHeader("X-Empty", "")]
        let request = HTTPRequest(method: .post, url: server.address, headers: headers, body: body, proxy: .none)
        _ = try await transport.answer(to: request).get()
        let received = try #require(server.requests.first)
        #expect(received.head.hasPrefix("POST / HTTP/1.1\r\n"))
        #expect(received.head.contains("\r\nContent-Type: application/json\r\n"))
        #expect(received.head.contains("\r\nX-Empty:"))
        #expect(received.body == "{\"a\":1}")
        #expect(!received.head.contains("Expect:"))
        let put = HTTPRequest(method: .put, url: server.address + "/latest/api/token", proxy: .none)
        _ = try await transport.answer(to: put).get()
        #expect(server.requests.last?.head.hasPrefix("PUT /latest/api/token HTTP/1.1\r\n") == true)
        #expect(server.requests.last?.head.contains("Content-Length: 0") == true)
    }

    @Test(arguments: ["/a/../b", "//x//y", "/a%2Fb%20c", "/v2/email/import-jobs/%2E%2E", "/?b=2&a=1"])
    func thePathIsSentAsItStands(path: String) async throws {
        let server = try LoopbackServer { _ in .answerAndClose(LoopbackServer.answer()) }
        _ = try await transport.answer(to: get(server.address + path)).get()
        #expect(server.requests.first?.head.hasPrefix("GET \(path) HTTP/1.1\r\n") == true)
    }

    @Test func aRedirectIsNotFollowed() async throws {
        let server = try LoopbackServer { _ in
            .answerAndClose(LoopbackServer.answer("302 Found", headers: "Location: http://127.0.0.1:1/\r\n"))
        }
        #expect(try await transport.answer(to: get(server.address)).get().status == 302)
        #expect(server.connections == 1)
    }

    @Test func connectionsAreUsedAgain() async throws {
        let server = try LoopbackServer { _ in .answerAndKeep(LoopbackServer.answer()) }
        for _ in 0..<20 { _ = try await transport.answer(to: get(server.address)).get() }
        #expect(server.connections == 1)
        #expect(server.requests.count == 20)
    }

    /// A server that closes every connection must not leave a request waiting: 10,000 requests, 100 at once.
    @Test func aServerThatClosesEveryConnectionHangsNothing() async throws {
        let server = try LoopbackServer { _ in .answerAndClose(LoopbackServer.answer()) }
        let load = Load(transport, get(server.address, timeout: .seconds(60)), total: 10_000)
        await load.run(atOnce: 100)
        #expect(load.succeeded == 10_000)
        #expect(load.failed == 0)
        #expect(transport.activeCount == 0)
    }

    @Test func limitsHold() async throws {
        let silent = try LoopbackServer { _ in .silence }
        let begun = await failure(get(silent.address, timeout: .milliseconds(200)))
        #expect(begun == .timeout(host: "127.0.0.1:\(silent.port)"))
        let slow = try LoopbackServer { _ in .drip(LoopbackServer.answer(body: String(repeating: "x", count: 500))) }
        #expect(await failure(get(slow.address, timeout: .milliseconds(700)))?.kind == "timeout")
        let large = try LoopbackServer { _ in
            .answerAndClose(LoopbackServer.answer(body: String(repeating: "x", count: 2 << 20)))
        }
        #expect(
            await failure(get(large.address))
                == .bodyTooLarge(host: "127.0.0.1:\(large.port)", limit: 1 << 20)
        )
    }

    @Test func failuresAreSortedAndNeverShowThePath() async throws {
        let reset = try LoopbackServer { _ in .reset(LoopbackServer.answer(body: String(repeating: "x", count: 100))) }
        #expect(await failure(get(reset.address))?.kind == "connection_lost")
        let cut = try LoopbackServer { _ in .answerAndClose(LoopbackServer.answer().dropLast(2)) }
        #expect(await failure(get(cut.address))?.kind == "connection_lost")
        let garbage = try LoopbackServer { _ in .answerAndClose(Array("\u{1}\u{2}\u{3}\r\n\r\n".utf8)) }
        #expect(await failure(get(garbage.address))?.description.hasSuffix("its answer is no HTTP") == true)
        let closed = await failure(get("http://127.0.0.1:1/secret-token?key=1"))
        #expect(closed?.kind == "connect")
        #expect(closed?.description.contains("secret-token") == false)
        #expect(await failure(get("ftp://127.0.0.1/"))?.kind == "address")
        #expect(await failure(get("http://127.0.0.1/a b"))?.kind == "address")
        let injected = HTTPRequest(method: .get, url: cut.address, headers: [HTTPHeader("X", "a\r\nY: b")])
        #expect(await failure(injected)?.kind == "address")
    }

    @Test func aCancelledRequestIsNeverHeardOfAgain() async throws {
        let silent = try LoopbackServer { _ in .silence }
        let server = try LoopbackServer { _ in .answerAndClose(LoopbackServer.answer()) }
        var completions = 0
        let id = transport.send(get(silent.address)) { _ in completions += 1 }
        let early = transport.send(get(server.address)) { _ in completions += 1 }
        transport.cancel(early)
        for _ in 0..<5 { _ = try await transport.answer(to: get(server.address)).get() }
        transport.cancel(id)
        transport.cancel(id)
        #expect(transport.activeCount == 0)
        for _ in 0..<5 { _ = try await transport.answer(to: get(server.address)).get() }
        #expect(completions == 0)
    }

    @Test func aThousandAtOnceAllEnd() async throws {
        let server = try LoopbackServer { _ in .answerAndClose(LoopbackServer.answer()) }
        let load = Load(transport, get(server.address, timeout: .seconds(60)), total: 1000)
        await load.run(atOnce: 1000)
        #expect(load.succeeded == 1000)
    }

    @Test func closingGivesEverythingUp() async throws {
        let silent = try LoopbackServer { _ in .silence }
        var completions = 0
        for _ in 0..<10 { _ = transport.send(get(silent.address)) { _ in completions += 1 } }
        try await Task.sleep(for: .milliseconds(50))
        transport.close()
        try await Task.sleep(for: .milliseconds(50))
        #expect(completions == 0)
        #expect(transport.activeCount == 0)
    }
}

/// Many requests, some at once: the next begins when one ends.
@MainActor private final class Load {
    private let transport: CurlTransport
    private let request: HTTPRequest
    private let total: Int
    private var started = 0
    private(set) var succeeded = 0
    private(set) var failed = 0
    private var continuation: CheckedContinuation<Void, Never>?

    init(_ transport: CurlTransport, _ request: HTTPRequest, total: Int) {
        self.transport = transport
        self.request = request
        self.total = total
    }

    func run(atOnce count: Int) async {
        await withCheckedContinuation { continuation in
            self.continuation = continuation
            for _ in 0..<count { next() }
        }
    }

    private func next() {
        guard started < total else { return }
        started += 1
        _ = transport.send(request) { [self] result in
            if case .success = result { succeeded += 1 } else { failed += 1 }
            if succeeded + failed == total { continuation?.resume() } else { next() }
        }
    }
}
