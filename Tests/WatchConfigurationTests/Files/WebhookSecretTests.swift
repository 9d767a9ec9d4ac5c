import ImportWatch
import TestSupport
import Testing
import Webhook

@testable import WatchConfiguration

/// Secrets are read, and never shown.
@Suite struct WebhookSecretTests {
    /// RFC 8032, section 7.1, test 1.
    private static let seed = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
    private static let seedAndPublicKey =
        "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg=="

    @Test func aKeyPairIsTakenByItsSeed() throws {
        let short = try WebhookSigningKey("whsk_" + Self.seed)
        let long = try WebhookSigningKey("whsk_" + Self.seedAndPublicKey)
        #expect(short == long)
        #expect(short.publicKey == "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
    }

    @Test func theLengthsOfTheSpecificationAreTaken() {
        for count in 0...70 {
            let zeros = String(repeating: "A", count: count * 8 / 6 + (count % 3 == 0 ? 0 : 1))
            let padded = zeros + String(repeating: "=", count: (4 - zeros.count % 4) % 4)
            let isTaken = (try? WebhookSigningKey("whsec_" + padded)) != nil
            #expect(isTaken == (24...64).contains(count), "\(count) bytes")
        }
    }

    @Test func noDescriptionShowsASecret() throws {
        let files = MemoryFiles(contents: [
            "/etc/s": Array("whsec_QUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJD\nwhsk_\(Self.seed)".utf8)
        ])
        let configuration = try files.load(
            """
            [[webhook]]
            name = "ops"
            url = "https://hooks.example.com/hidden-path"
            secret_file = "s"
            headers = { Authorization = "hidden-token" }
            """
        ).configuration
        let webhook = try #require(configuration.webhooks.first)
        #expect(webhook.keys.count == 2)
        var dumped = ""
        dump(configuration, to: &dumped)
        for secret in webhook.keys {
            dump(secret, to: &dumped)
            dumped += "\(secret) \(String(reflecting: secret))\n"
        }
        let texts = [
            dumped, "\(configuration)", String(reflecting: configuration), "\(webhook)", String(reflecting: webhook),
        ]
        for text in texts {
            #expect(!text.contains("hidden"), "\(text)")
            #expect(!text.contains("65, 66, 67") && !text.contains("157, 97"), "\(text)")
        }
        #expect("\(webhook)" == "webhook ops")
        #expect("\(webhook.keys)" == "[an HMAC secret, an Ed25519 key]")
    }
}
