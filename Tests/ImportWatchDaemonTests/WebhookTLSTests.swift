import Foundation
import JSON
import TestSupport
import Testing

/// Webhooks over TLS at a receiver that asks for certificates, straight and through a proxy.
@Suite(.serialized) struct WebhookTLSTests {
    private struct World {
        let harness: DaemonHarness
        let server: TestProcess
        let receiver: String
        let proxy: String

        init() async throws {
            harness = try await DaemonHarness(
                #"{"jobs": [{"id": "a", "timeline": [{"status": "COMPLETED"}]}]}"#,
                jobs: ["a"]
            )
            server = try await PythonClients.start("tls-receiver.py", [harness.folder.path])
            try await server.waitFor("\"proxy\"", seconds: 60)
            let first = try JSONValue(decoding: Array(server.printed.split(separator: "\n")[0].utf8))
            receiver = try #require(first["receiver"]?.string)
            proxy = try #require(first["proxy"]?.string)
        }

        func configure(authorities: String, hasClientCertificate: Bool) throws {
            try harness.configure(
                jobs: ["a"],
                more: """
                    [[webhook]]
                    name = "tls"
                    url = "\(receiver)/hook/token-of-the-address"
                    secret_file = "secret"
                    ca_file = "\(authorities)"
                    \(hasClientCertificate ? "client_cert_file = \"client.pem\"\nclient_key_file = \"client.key\"" : "")
                    """
            )
        }

        func said(_ member: String) throws -> [JSONValue] {
            try server.printed.split(separator: "\n").map { try JSONValue(decoding: Array($0.utf8)) }
                .filter { $0[member] != nil }
        }
    }

    @Test func ownAuthorityAndClientCertificateApply() async throws {
        let world = try await World()
        try world.configure(authorities: "ca.pem", hasClientCertificate: true)
        let daemon = try world.harness.daemon()
        try await daemon.waitUntil("the notification") { try !world.said("arrived").isEmpty }
        let arrival = try #require(try world.said("arrived").first)
        #expect(arrival["client"]?.string == "importwatchd-client")
        #expect(arrival["path"]?.string == "/hook/token-of-the-address")
        #expect(try world.said("connect").isEmpty)
        #expect(!daemon.printed.contains("token-of-the-address"))
    }

    @Test(arguments: [("other-ca.pem", true), ("ca.pem", false)])
    func tlsThatFailsIsNamedOnceWithoutTheAddress(authorities: String, hasClientCertificate: Bool) async throws {
        let world = try await World()
        try world.configure(authorities: authorities, hasClientCertificate: hasClientCertificate)
        let daemon = try world.harness.daemon()
        // Without a client certificate the receiver breaks off, before or after it says why.
        try await daemon.waitFor(hasClientCertificate ? "webhook tls: TLS with 127.0.0.1" : "webhook tls: ")
        // The other webhook does not wait for this one.
        try await daemon.waitUntil("the other notification") { try await world.harness.delivered().count == 1 }
        #expect(try world.said("arrived").isEmpty)
        #expect(daemon.printed.components(separatedBy: "webhook tls:").count == 2)
        #expect(!daemon.printed.contains("token-of-the-address"))
    }

    @Test(arguments: ["HTTPS_PROXY", "https_proxy"])
    func theProxyVariablesApplyAndNoProxyExempts(variable: String) async throws {
        let world = try await World()
        try world.configure(authorities: "ca.pem", hasClientCertificate: true)
        let environment = Simulator.environment.merging([variable: world.proxy]) { $1 }
        let daemon = try world.harness.daemon(environment: environment)
        try await daemon.waitUntil("the notification") { try !world.said("arrived").isEmpty }
        let port = try #require(world.receiver.split(separator: ":").last)
        #expect(try world.said("connect").compactMap { $0["connect"]?.string } == ["127.0.0.1:\(port)"])
        daemon.signal(SIGTERM)
        _ = try await daemon.exitStatus()

        try FileManager.default.removeItem(atPath: world.harness.folder.path + "/state.sqlite")
        let exempt = variable == "HTTPS_PROXY" ? "NO_PROXY" : "no_proxy"
        let direct = try world.harness.daemon(environment: environment.merging([exempt: "127.0.0.1"]) { $1 })
        try await direct.waitUntil("another notification") { try world.said("arrived").count == 2 }
        #expect(try world.said("connect").count == 1)
    }
}
