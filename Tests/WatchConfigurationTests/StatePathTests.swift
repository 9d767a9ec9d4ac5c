import Platform
import TestSupport
import Testing

@testable import WatchConfiguration

/// The state is found by what a file says of it, whatever is wrong with the rest.
@Suite struct StatePathTests {
    private func statePath(_ text: String) throws -> String? {
        let folder = try TemporaryFolder()
        let path = try folder.write("importwatchd.toml", text)
        let loader = ConfigurationLoader(files: LocalFiles(), environment: ["STATE_DIRECTORY": "/var/lib/x"])
        return loader.statePath(path: path)
    }

    @Test func aBadRestDoesNotMatter() throws {
        let rest = "jobs = [\"\"]\nunknown = 1\n[[webhook]]\nname = \"a\"\nsecret_file = \"missing\"\n"
        #expect(try statePath(rest) == "/var/lib/x/state.sqlite")
        #expect(try statePath(rest + "[state]\npath = \"/srv/other.sqlite\"\n") == "/srv/other.sqlite")
    }

    @Test func aBadStateOrSyntaxDoes() throws {
        #expect(try statePath("[state]\npath = 3\n") == nil)
        #expect(try statePath("jobs = [") == nil)
        #expect(ConfigurationLoader(files: LocalFiles(), environment: [:]).statePath(path: "/none.toml") == nil)
    }
}
