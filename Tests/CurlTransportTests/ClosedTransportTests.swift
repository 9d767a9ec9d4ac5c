import CurlTransport
import ImportWatch
import TestSupport
import Testing

/// Sends, cancels and closes in any order: each completion comes once, and nothing that is freed is touched.
@MainActor @Suite(.serialized) struct ClosedTransportTests {
    @Test func whatIsSentAfterTheCloseFailsAndTouchesNothing() async throws {
        let transport = try CurlTransport(userAgent: "importwatchd/test", now: MachineClock.now)
        transport.close()
        let result = await transport.answer(to: HTTPRequest(method: .get, url: "http://127.0.0.1:1/"))
        guard case .failure(let error) = result else {
            Issue.record("an answer from a closed transport: \(result)")
            return
        }
        #expect(error.description.contains("the program is stopping"))
        transport.close()
    }

    @Test func randomHistoriesCompleteEachExchangeAtMostOnce() async throws {
        let server = try LoopbackServer { request in
            switch request.head.utf8.count % 5 {
            case 0: .answerAndClose(LoopbackServer.answer())
            case 1: .answerAndKeep(LoopbackServer.answer())
            case 2: .reset(LoopbackServer.answer())
            case 3: .silence
            default: .answerAndClose(Array("no HTTP at all\r\n\r\n".utf8))
            }
        }
        var completed = 0
        for seed in 0..<40 {
            let history = try History(server: server.address, seed: UInt64(seed))
            for _ in 0..<60 { try await history.step() }
            history.transport.close()
            try await Task.sleep(for: .milliseconds(2))
            #expect(history.completions.values.allSatisfy { $0 == 1 }, "history \(seed)")
            completed += history.completions.count
        }
        #expect(completed > 0)
    }

    @MainActor private final class History {
        let transport: CurlTransport
        var completions: [Int: Int] = [:]
        private let server: String
        private var random: SeededGenerator
        private var sent: [HTTPExchangeID] = []
        private var count = 0

        init(server: String, seed: UInt64) throws {
            transport = try CurlTransport(userAgent: "importwatchd/test", now: MachineClock.now)
            self.server = server
            random = SeededGenerator(seed: seed)
        }

        func step() async throws {
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<12: send(isNested: Bool.random(using: &random))
            case 12..<15: if let other = sent.randomElement(using: &random) { transport.cancel(other) }
            case 15..<19: try await Task.sleep(for: .milliseconds(1))
            default: if count > 30 { transport.close() }
            }
        }

        private func send(isNested: Bool) {
            count += 1
            let number = count
            let path = String(repeating: "x", count: Int.random(in: 0..<5, using: &random))
            let request = HTTPRequest(method: .get, url: "\(server)/\(path)", timeout: .seconds(1), proxy: .none)
            let id = transport.send(request) { [weak self] _ in
                guard let self else { return }
                completions[number, default: 0] += 1
                // From inside a completion others are cancelled and sent.
                guard isNested else { return }
                if let other = sent.last { transport.cancel(other) }
                send(isNested: false)
            }
            sent.append(id)
        }
    }
}
