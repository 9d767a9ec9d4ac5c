import Control
import Testing

@Suite struct ControlPathTests {
    private func candidates(_ configured: String?, _ environment: [String: String] = [:]) -> [String] {
        ControlPath.candidates(configurationPath: "folder/x.toml", configured: configured, environment: environment)
    }

    @Test func aClientLooksInTheRuntimeDirectoryAndWhereTheConfigurationHasIt() {
        #expect(candidates("/s/state.sqlite.control") == ["/s/state.sqlite.control"])
        #expect(
            candidates("/s/state.sqlite.control", ["RUNTIME_DIRECTORY": "/run/importwatchd"])
                == ["/run/importwatchd/control", "/s/state.sqlite.control"]
        )
    }

    @Test func aConfigurationThatCantBeReadLeavesTheUsualPlaces() {
        #expect(candidates(nil) == ["folder/state.sqlite.control"])
        #expect(
            candidates(nil, ["STATE_DIRECTORY": "/var/lib/importwatchd"])
                == ["/var/lib/importwatchd/state.sqlite.control"]
        )
    }
}
