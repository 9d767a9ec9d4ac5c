import ImportWatch
import TestSupport
import Testing

@testable import WatchConfiguration

/// Where relative paths lead.
@Suite struct PathRuleTests {
    private static let secret = Array("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n".utf8)
    private static let text = """
        jobs = ["a"]
        [[webhook]]
        name = "ops"
        url_file = "ops-url"
        secret_file = "ops-secret"
        """

    @Test func secretsAreFoundAmongTheCredentialsFirst() throws {
        let files = MemoryFiles(contents: [
            "/run/cred/ops-secret": Self.secret, "/etc/ops-secret": Array("rubbish".utf8),
            "/run/cred/ops-url": Array("https://a.example.com".utf8), "/etc/ops-url": Array("rubbish".utf8),
        ])
        let webhook = try files.load(Self.text, environment: ["CREDENTIALS_DIRECTORY": "/run/cred"])
            .configuration.webhooks.first
        #expect(webhook?.secretFile == "/run/cred/ops-secret")
        #expect(webhook?.url == "https://a.example.com")
    }

    @Test func secretsAreFoundBesideTheFileElse() throws {
        let files = MemoryFiles(contents: [
            "/etc/ops-secret": Self.secret, "/etc/ops-url": Array("https://b.example.com".utf8),
        ])
        for environment in [[:], ["CREDENTIALS_DIRECTORY": "/run/cred"], ["CREDENTIALS_DIRECTORY": ""]] {
            let webhook = try files.load(Self.text, environment: environment).configuration.webhooks.first
            #expect(webhook?.secretFile == "/etc/ops-secret")
            #expect(webhook?.url == "https://b.example.com")
        }
    }

    @Test func absolutePathsStandAsTheyAre() throws {
        let files = MemoryFiles(contents: ["/x/s": Self.secret, "/run/cred//x/s": Array("rubbish".utf8)])
        let text = """
            [[webhook]]
            name = "ops"
            url = "https://a.example.com"
            secret_file = "/x/s"
            [state]
            path = "/x/state.sqlite"
            """
        let environment = ["CREDENTIALS_DIRECTORY": "/run/cred", "STATE_DIRECTORY": "/var/lib/importwatchd"]
        let configuration = try files.load(text, environment: environment).configuration
        #expect(configuration.webhooks.first?.secretFile == "/x/s")
        #expect(configuration.state.path == "/x/state.sqlite")
    }

    @Test func theStateLiesInTheFirstStateDirectory() throws {
        let paths = try ["/var/lib/a", "/var/lib/a:/var/lib/b", "", nil].map { directory in
            try MemoryFiles().load("", environment: directory.map { ["STATE_DIRECTORY": $0] } ?? [:])
                .configuration.state.path
        }
        #expect(
            paths == ["/var/lib/a/state.sqlite", "/var/lib/a/state.sqlite", "/etc/state.sqlite", "/etc/state.sqlite"]
        )
    }

    @Test func aConfigurationNamedWithoutFolderLooksInTheWorkingDirectory() throws {
        let files = MemoryFiles(contents: ["c.toml": Array("jobs_files = [\"a.list\"]\n".utf8), "a.list": [0x61]])
        let configuration = try ConfigurationLoader(files: files, environment: [:]).load(path: "c.toml").configuration
        #expect(configuration.sources.map(\.jobs) == [["a"]])
        #expect(configuration.state.path == "state.sqlite")
    }
}
