import Foundation
import JSON
import TestSupport
import Testing

/// The daemon's control socket, asked by a Varlink client that we did not write, and by a stranger.
@Suite(.serialized) struct ForeignVarlinkTests {
    private func world() async throws -> (harness: DaemonHarness, daemon: TestProcess, socket: String) {
        let harness = try await DaemonHarness(
            """
            {"jobs": [{"id": "a", "timeline": [{"status": "COMPLETED"}]}, {"id": "b", "timeline": [{"status": "PROCESSING"}]}],
             "webhooks": [{"name": "ops", "secret": "\(DaemonHarness.secret)"}]}
            """,
            jobs: ["a", "b"]
        )
        let daemon = try harness.daemon()
        try await daemon.waitUntil("the notification") { try await harness.delivered().count == 1 }
        return (harness, daemon, harness.folder.path + "/state.sqlite.control")
    }

    @Test func aForeignClientIsAnsweredAsTheInterfaceSays() async throws {
        let (harness, daemon, socket) = try await world()
        let answers = try await PythonClients.run("varlink-client.py", [socket, harness.folder.path + "/state.sqlite"])
        #expect(answers["jobs"]?.array?.compactMap(\.string) == ["b", "a"])
        #expect(answers["one"]?.array?.compactMap(\.string) == ["b"])
        #expect(answers["reload"]?.bool == true)
        #expect(answers["deliveries"]?.integer == 2)
        #expect(answers["replayed"]?.integer == 0)
        #expect(answers["other_state"]?.string == "io.importwatchd.OtherState")
        #expect(answers["no_selection"]?.string == "org.varlink.service.InvalidParameter")
        #expect(answers["bad_state"]?.string == "org.varlink.service.InvalidParameter")
        withExtendedLifetime(daemon) {}
    }
}
