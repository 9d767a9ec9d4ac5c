import Foundation
import JSON
import TestSupport
import Testing

/// Notifications read by libraries that know nothing of us.
@Suite(.serialized) struct ForeignReceiverTests {
    private static let otherSecret = "whsec_YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXphYmNkZWY="
    /// The seed is the bytes 0 to 31.
    private static let signingKey = "whsk_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    private func arrivals(_ harness: DaemonHarness) async throws -> [String: JSONValue] {
        let bytes = try HTTPExchange.run("GET", harness.simulator.service + "/simulator/statistics")
        let arrivals = try JSONValue(decoding: [UInt8](bytes))["arrivals"]?.array ?? []
        return Dictionary(arrivals.compactMap { arrival in arrival["webhook"]?.string.map { ($0, arrival) } }) { $1 }
    }

    private func harness() async throws -> DaemonHarness {
        let harness = try await DaemonHarness(
            """
            {"jobs": [{"id": "a", "message": "no <b> & no @channel, [x](https://x.example/secret/path)",
                       "timeline": [{"status": "FAILED"}]}],
             "webhooks": [{"name": "ops"}, {"name": "events"}, {"name": "chat"}]}
            """,
            jobs: []
        )
        try harness.folder.write("secrets", "\(DaemonHarness.secret)\n\(Self.signingKey)\n\(Self.otherSecret)\n")
        try harness.configure(
            jobs: ["a"],
            more: """
                [[webhook]]
                name = "events"
                url = "\(harness.simulator.webhooks)/hook/events"
                secret_file = "secrets"
                format = "cloudevents"
                [[webhook]]
                name = "chat"
                url = "\(harness.simulator.webhooks)/hook/chat"
                format = "slack"
                """
        )
        let text = try String(contentsOfFile: harness.configuration, encoding: .utf8)
        try harness.folder.write(
            "importwatchd.toml",
            text.replacingOccurrences(of: "secret_file = \"secret\"", with: "secret_file = \"secrets\"")
        )
        return harness
    }

    @Test(.timeLimit(.minutes(8))) func standardwebhooksCryptographyAndCloudeventsReadThem() async throws {
        let harness = try await harness()
        let check = try await harness.tool(["check", "--json"])
        #expect(check.status == 0)
        let webhooks = try JSONValue(decoding: Array(check.printed.utf8))["webhooks"]?.array ?? []
        let publicKey = try #require(webhooks.first?["public_keys"]?.array?.first?.string)
        #expect(publicKey == "whpk_A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=")
        let daemon = try harness.daemon()
        try await daemon.waitUntil("three notifications") { try await arrivals(harness).count == 3 }
        let arrived = try await arrivals(harness)
        for (name, isCloudEvent) in [("ops", false), ("events", true)] {
            let arrival = try #require(arrived[name])
            let result = try await PythonClients.run(
                "read-notification.py",
                [
                    String(
                        decoding: ([
                            "headers": arrival["headers"] ?? .null, "body": arrival["body"] ?? .null,
                            "secrets": [.string(DaemonHarness.secret), .string(Self.otherSecret)],
                            "public_keys": [.string(publicKey)], "cloudevent": .bool(isCloudEvent),
                        ] as JSONValue).encoded(),
                        as: UTF8.self
                    )
                ]
            )
            #expect(result["v1"]?.array == [.bool(true), .bool(true)], "\(result)")
            #expect(result["v1a"]?.array == [.bool(true)])
            guard isCloudEvent else { continue }
            let attributes = try #require(result["cloudevent"]?["attributes"])
            #expect(attributes["type"]?.string == "ses.import_job.failed")
            #expect(attributes["source"]?.string == "urn:importwatchd:ses:eu-west-1")
            #expect(attributes["id"]?.string == arrival["id"]?.string)
            #expect(attributes["subject"]?.string == "a")
            #expect(result["cloudevent"]?["data"]?["status"]?.string == "FAILED")
            #expect(arrival["headers"]?["content-type"]?.string == "application/cloudevents+json")
        }
        try await theExamplesVerify(try #require(arrived["ops"]), harness)
        let chat = try JSONValue(decoding: Array((arrived["chat"]?["body"]?.string ?? "").utf8))
        let text = try #require(chat["text"]?.string)
        #expect(text.contains("job a failed"))
        #expect(text.contains("no &lt;b&gt; &amp; no @\u{200B}channel, [x]\u{200B}(https://x.example"))
        #expect(!text.contains("secret/path"))
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }

    /// The examples that the documents give take the notification, and not one that was changed.
    private func theExamplesVerify(_ arrival: JSONValue, _ harness: DaemonHarness) async throws {
        let documents =
            URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path + "/docs"
        var commands = ["\(try await PythonClients.python) '\(documents)/verify-webhook.py'"]
        let node = try TestProcess("/bin/sh", ["-c", "command -v node"])
        if try await node.exitStatus() == 0 {
            commands.append("node '\(documents)/verify-webhook.mjs'")
        } else {
            print("SKIPPED: the example for Node, there is no node")
        }
        let body = arrival["body"]?.string ?? ""
        for (text, isGenuine) in [(body, true), (body.replacingOccurrences(of: "FAILED", with: "COMPLETED"), false)] {
            let message: JSONValue = [
                "headers": arrival["headers"] ?? .null, "body": .string(text), "secret": .string(DaemonHarness.secret),
            ]
            let path = try harness.folder.write("message.json", String(decoding: message.encoded(), as: UTF8.self))
            for command in commands {
                let example = try TestProcess("/bin/sh", ["-c", "\(command) < '\(path)'"])
                let status = try await example.exitStatus()
                #expect((status == 0) == isGenuine, "\(command): \(example.printed)")
                if isGenuine { #expect(example.printed == "ses.import_job.failed a\n") }
            }
        }
    }

    /// A secret is rotated in its file: the next attempt is signed with the new one; a bad file changes nothing.
    @Test func aChangedSecretFileSignsWithoutAReload() async throws {
        let harness = try await DaemonHarness(
            """
            {"jobs": [{"id": "a", "timeline": [{"status": "COMPLETED"}]},
                      {"id": "b", "timeline": [{"status": "PROCESSING"}]}],
             "webhooks": [{"name": "ops", "secret": "\(Self.otherSecret)"}]}
            """,
            jobs: ["a", "b"]
        )
        let daemon = try harness.daemon()
        try await daemon.waitFor("answered HTTP 401")
        try harness.folder.write("secret", Self.otherSecret + "\n")
        try await daemon.waitUntil("the first notification") { try await harness.delivered().count == 1 }
        try harness.folder.write("secret", "whsec_tooshort\n")
        try harness.simulator.change(
            #"{"clear": ["jobs"], "jobs": [{"id": "b", "timeline": [{"status": "COMPLETED"}]}]}"#
        )
        try await daemon.waitUntil("the second notification") { try await harness.delivered().count == 2 }
        #expect(daemon.printed.contains("the changed secret file can't be used"))
        #expect(!daemon.printed.contains("tooshort"))
        daemon.signal(SIGTERM)
        #expect(try await daemon.exitStatus() == 0)
    }
}
