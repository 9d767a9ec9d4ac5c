import Control
import Testing

@Suite struct ControlPathTests {
    private func candidates(_ configuration: String, state: String?, _ environment: [String: String] = [:]) -> [String]
    {
        ControlPath.candidates(configurationPath: configuration, statePath: state, environment: environment)
    }

    @Test func aClientLooksInTheRuntimeDirectoryOfTheServiceThatRunsWithTheConfiguration() {
        let main = candidates("/etc/importwatchd/importwatchd.toml", state: "/etc/importwatchd/state.sqlite")
        #expect(main == ["/run/importwatchd/control", "/etc/importwatchd/state.sqlite.control"])
        let instance = candidates("/etc/importwatchd/eu.toml", state: "/srv/eu/state.sqlite")
        #expect(instance == ["/run/importwatchd-eu/control", "/srv/eu/state.sqlite.control"])
    }

    @Test func anotherConfigurationIsNoneOfTheServices() {
        for path in ["/home/me/importwatchd.toml", "importwatchd.toml", "/etc/importwatchd/jobs.d/a.toml"] {
            #expect(candidates(path, state: "/s/state.sqlite") == ["/s/state.sqlite.control"])
        }
    }

    @Test func aConfigurationThatCantBeReadLeavesTheUsualPlaces() {
        #expect(
            candidates("/etc/importwatchd/eu.toml", state: nil, ["RUNTIME_DIRECTORY": "/run/importwatchd-eu"])
                == ["/run/importwatchd-eu/control", "/etc/importwatchd/state.sqlite.control"]
        )
        #expect(candidates("folder/x.toml", state: nil) == ["folder/state.sqlite.control"])
    }
}
