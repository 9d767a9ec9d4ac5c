import Platform
import TestSupport
import Testing

@testable import WatchConfiguration

/// The state is found by what a file says of it, whatever is wrong with the rest.
@Suite struct StateSectionTests {
    private func state(_ text: String) throws -> Configuration.State? {
        let folder = try TemporaryFolder()
        let path = try folder.write("importwatchd.toml", text)
        let loader = ConfigurationLoader(files: LocalFiles(), environment: ["STATE_DIRECTORY": "/var/lib/x"])
        return loader.state(path: path)
    }

    @Test func aBadRestDoesNotMatter() throws {
        let rest = "jobs = [\"\"]\nunknown = 1\n[[webhook]]\nname = \"a\"\nsecret_file = \"missing\"\n"
        let other = "[state]\npath = \"/srv/other.sqlite\"\n"
        #expect(try state(rest)?.store == .sqlite(path: "/var/lib/x/state.sqlite"))
        #expect(try state(rest + other)?.store == .sqlite(path: "/srv/other.sqlite"))
        #expect(try state(rest + other)?.controlPath == "/srv/other.sqlite.control")
    }

    @Test func aBadStateOrSyntaxDoes() throws {
        #expect(try state("[state]\npath = 3\n") == nil)
        #expect(try state("jobs = [") == nil)
        #expect(ConfigurationLoader(files: LocalFiles(), environment: [:]).state(path: "/none.toml") == nil)
    }
}
