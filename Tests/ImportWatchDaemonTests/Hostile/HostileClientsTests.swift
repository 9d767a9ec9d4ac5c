import Foundation
import Synchronization
import TestSupport
import Testing

extension Hostile {
    /// Clients at the control socket that may ask, but don't behave, keep nobody else out.
    @Suite(.serialized) struct HostileClientsTests {
        private static let status = #"{"method":"io.importwatchd.Status"}"# + "\u{0}"

        /// What the clients of one kind do; those that are answered stay connected until the attack is over.
        private static let attacks: [(name: String, count: Int, message: String)] = [
            ("silent", 1000, ""),
            ("half a message", 100, String(repeating: " ", count: 30_000)),
            ("64 kB of NULs", 50, String(repeating: "\u{0}", count: 65_536)),
            ("a message that never ends", 50, String(repeating: "x", count: 200_000)),
            ("deep arrays", 50, #"{"method":"a","parameters":"# + String(repeating: "[", count: 60_000) + "\u{0}"),
            ("a thousand calls at once, none read", 64, String(repeating: status, count: 1000)),
            (
                "huge numbers", 20,
                ["9223372036854775807", "-9223372036854775808", "1e400", "184467440737095516160", "-1"].map {
                    #"{"method":"io.importwatchd.Deliveries","parameters":{"limit":\#($0)}}"# + "\u{0}"
                }.joined()
            ),
        ]

        @Test func anHonestClientIsAnsweredWhileOthersAttack() async throws {
            let harness = try await DaemonHarness(#"{"jobs": []}"#, jobs: (0..<10_000).map { "job-\($0)" })
            let daemon = try harness.daemon()
            try await daemon.waitFor("started")
            let path = harness.folder.path + "/state.sqlite.control"
            for attack in Self.attacks {
                let used = try daemon.processorSeconds
                let clients = try (0..<attack.count).map { _ in
                    let client = try UnixClient(path, seconds: 20)
                    client.send(attack.message)
                    return client
                }
                try await expectAnAnswer(path, during: attack.name, daemon, since: used)
                withExtendedLifetime(clients) {}
            }
            // Those that go as soon as they have asked.
            for _ in 0..<500 { try UnixClient(path, seconds: 20).send(Self.status) }
            try await expectAnAnswer(path, during: "leaving in the middle", daemon, since: try daemon.processorSeconds)
            print("peak memory: \(try daemon.peakMegabytes) MB")
            try await daemon.stopsInTime()
        }

        /// The worst that readers can do is to have the daemon answer without a pause.
        @Test func manyClientsThatAskWithoutAPauseShareTheDaemon() async throws {
            let harness = try await DaemonHarness(#"{"jobs": []}"#, jobs: (0..<10_000).map { "job-\($0)" })
            let daemon = try harness.daemon()
            try await daemon.waitFor("started")
            let path = harness.folder.path + "/state.sqlite.control"
            let askers = try Askers(path, count: 24)
            try await Task.sleep(for: .seconds(1))
            for _ in 0..<3 {
                try await expectAnAnswer(path, during: "asking", daemon, since: try daemon.processorSeconds)
            }
            print("peak memory: \(try daemon.peakMegabytes) MB")
            try await daemon.stopsInTime()
            askers.stop()
        }

        /// Clients that ask again as soon as they are answered, on a thread of their own.
        private final class Askers: Sendable {
            private let clients: [UnixClient]
            private let isOver = Atomic<Bool>(false)

            init(_ path: String, count: Int) throws {
                clients = try (0..<count).map { _ in try UnixClient(path) }
                Thread.detachNewThread {
                    while !self.isOver.load(ordering: .relaxed) {
                        for client in self.clients { client.send(HostileClientsTests.status) }
                        for client in self.clients { _ = client.answer(seconds: 0.01) }
                    }
                }
            }

            func stop() { isOver.store(true, ordering: .relaxed) }
        }

        private func expectAnAnswer(_ path: String, during attack: String, _ daemon: TestProcess, since used: Double)
            async throws
        {
            let begun = Date()
            let client = try UnixClient(path, seconds: 20)
            client.send(Self.status)
            let answer = client.answer(seconds: 20)
            let took = Int(Date().timeIntervalSince(begun) * 1000)
            let worked = try daemon.processorSeconds - used
            #expect(answer.map { $0.count > 100_000 } == true, "\(attack): \(answer?.count ?? -1) bytes")
            // The machine may be busy with other tests, so the time is counted that the daemon has worked.
            #expect(worked < 2, "\(attack)")
            print("status during \(attack): \(took) ms, after \(Int(worked * 1000)) ms of the daemon's work")
        }
    }
}
