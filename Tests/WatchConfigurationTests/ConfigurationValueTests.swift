import Crypto
import ImportWatch
import TestSupport
import Testing

@testable import WatchConfiguration

/// What the keys of a good file come to.
@Suite struct ConfigurationValueTests {
    @Test func everyKeyReachesItsValue() throws {
        let configuration = try Fixtures.load("good", "everything").configuration
        let folder = "\(Fixtures.folder)/good/"
        #expect(configuration.sources.map(\.name) == ["default", "us"])
        let source = try #require(configuration.sources.first)
        #expect(source.region == "eu-west-1")
        #expect(source.profile == "prod")
        #expect(source.endpointURL == "https://vpce-1.email.eu-west-1.vpce.amazonaws.com:8443/base/")
        #expect(source.jobs == ["a", "b", "first-job", "second-job", "third-job"])
        #expect(source.discover == false)
        #expect(
            source.polling
                == PollingSettings(
                    requestsPerSecond: 2.5,
                    minDelay: .milliseconds(500),
                    maxDelay: .seconds(180),
                    notFoundGrace: .zero,
                    deadline: .zero
                )
        )
        #expect(source.strategy == .get)
        #expect(source.requestTimeout == .seconds(20))
        #expect(source.connectTimeout == .seconds(2))

        let webhook = try #require(configuration.webhooks.first)
        #expect(webhook.name == "ops")
        #expect(webhook.url == "https://hooks.example.com/ses?token=abc")
        #expect(webhook.secretFile == folder + "files/rotated.secret")
        #expect(
            webhook.keys == [
                .hmac(key: Array(0..<24)), .hmac(key: Array(0..<64)),
                .ed25519(try #require(Ed25519SigningKey(seed: Array(0..<32)))),
            ]
        )
        #expect(webhook.events == [.failed, .lost])
        #expect(webhook.format.name == "standard")
        #expect(webhook.includesFailedRecordsURL)
        #expect(webhook.headers == [HTTPHeader("X-Team", "mail"), HTTPHeader("Authorization", "Bearer abc")])
        #expect(webhook.timeout == .seconds(5))
        #expect(webhook.concurrency == 64)
        #expect(webhook.maxAge == .seconds(3600))
        #expect(
            webhook.tls
                == HTTPRequest.TLSFiles(
                    certificateAuthorities: folder + "files/cert.pem",
                    clientCertificate: folder + "files/cert.pem",
                    clientKey: folder + "files/key.pem"
                )
        )
        #expect(configuration.state == .init(path: folder + "deeper/state.sqlite", keep: .seconds(86_400)))
        #expect(configuration.metrics == .init(textfile: nil))
    }

    @Test func whatIsNotWrittenHasTheDefaultsOfTheManual() throws {
        let files = MemoryFiles(contents: ["/etc/s": Array("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".utf8)])
        let configuration = try files.load(
            """
            jobs = ["a"]
            [[webhook]]
            name = "ops"
            url = "https://hooks.example.com"
            secret_file = "s"
            """
        ).configuration
        let source = try #require(configuration.sources.first)
        #expect(source.name == "default")
        #expect(source.region == nil && source.profile == nil && source.roleARN == nil && source.endpointURL == nil)
        #expect(source.polling.requestsPerSecond == 1)
        #expect(source.polling.minDelay == .seconds(5))
        #expect(source.polling.maxDelay == .seconds(120))
        #expect(source.polling.notFoundGrace == .seconds(900))
        #expect(source.polling.deadline == .seconds(86_400))
        #expect(source.strategy == .auto)
        #expect(source.requestTimeout == .seconds(15))
        #expect(source.connectTimeout == .seconds(5))
        let webhook = try #require(configuration.webhooks.first)
        #expect(webhook.events == Set(EventType.allCases))
        #expect(webhook.format.name == "standard")
        #expect(!webhook.includesFailedRecordsURL)
        #expect(webhook.headers == [])
        #expect(webhook.timeout == .seconds(15))
        #expect(webhook.concurrency == 4)
        #expect(webhook.maxAge == .seconds(76 * 3600))
        #expect(webhook.tls == HTTPRequest.TLSFiles())
        #expect(configuration.state == .init(path: "/etc/state.sqlite", keep: .seconds(720 * 3600)))
        #expect(configuration.metrics.textfile == nil)
    }

    @Test func sourcesInheritTheTopLevelKeys() throws {
        let sources = try Fixtures.load("good", "inheritance").configuration.sources
        #expect(sources.map(\.name) == ["takes-all", "own"])
        #expect(sources.map(\.region) == ["eu-west-1", "us-gov-west-1"])
        #expect(sources.map(\.profile) == ["shared", "own"])
        #expect(sources.map(\.endpointURL) == ["http://127.0.0.1:4566", "http://127.0.0.1:4566"])
        #expect(sources.map(\.polling.requestsPerSecond) == [5, 5])
        #expect(sources.map(\.polling.minDelay) == [.seconds(10), .seconds(1)])
        #expect(sources.map(\.polling.maxDelay) == [.seconds(600), .seconds(600)])
        #expect(sources.map(\.polling.deadline) == [.seconds(86_400), .seconds(3600)])
        #expect(sources.map(\.jobs) == [["a"], ["a"]])
    }

    @Test func jobsOfTheTopLevelBelongToTheDefaultSourceOnly() throws {
        let sources = try Fixtures.load("good", "inline-tables").configuration.sources
        #expect(sources.map(\.name) == ["default", "us"])
        #expect(sources.map(\.jobs) == [["a"], ["b"]])
        #expect(sources.map(\.polling.requestsPerSecond) == [16, 16])
    }

    @Test func topLevelKeysWithoutJobsMakeNoSource() throws {
        let configuration = try MemoryFiles().load("region = \"eu-west-1\"\njobs = []\n").configuration
        #expect(configuration.sources == [])
    }

    @Test func stringsAreReadInAllFormsOfTOML() throws {
        let source = try #require(try Fixtures.load("good", "string-forms").configuration.sources.first)
        #expect(source.jobs == ["tab\\t", "literal\\n", "multiline", "raw", "ümlaut", "日本"])
    }

    @Test func theAddressCanStandInAFile() throws {
        let webhook = try #require(try Fixtures.load("good", "webhook-addresses").configuration.webhooks.first)
        #expect(webhook.url == "https://hooks.example.com/services/T0/B0/abc")
    }

    @Test func everyComplaintNamesItsKey() throws {
        do throws(ConfigurationError) {
            _ = try MemoryFiles().load(
                "region = 1\n[polling]\nmin_delay = 5\nfoo = 1\n[[webhook]]\nname = 1\nurl = 2\n"
            )
            Issue.record("the file was taken")
        } catch {
            guard case .invalid(let complaints) = error else { throw error }
            #expect(
                complaints.map(\.key) == [
                    "region", "polling.min_delay", "polling.foo", "webhook.secret_file", "webhook.name", "webhook.url",
                ]
            )
        }
    }
}
