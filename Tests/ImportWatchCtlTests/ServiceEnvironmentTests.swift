import Testing

@testable import importwatchctl

@Suite struct ServiceEnvironmentTests {
    private func variables(
        _ configuration: String,
        _ environment: [String: String] = [:],
        absent: Set<String> = []
    ) -> [String: String] {
        ServiceEnvironment(environment: environment, exists: { !absent.contains($0) })
            .variables(configurationPath: configuration)
    }

    @Test func theServicesDirectoriesAreFoundByItsConfiguration() {
        #expect(
            variables("/etc/importwatchd/importwatchd.toml", ["HOME": "/root"]) == [
                "HOME": "/root", "STATE_DIRECTORY": "/var/lib/importwatchd", "RUNTIME_DIRECTORY": "/run/importwatchd",
                "CREDENTIALS_DIRECTORY": "/run/credentials/importwatchd.service",
            ]
        )
        #expect(
            variables("/etc/importwatchd/eu.toml") == [
                "STATE_DIRECTORY": "/var/lib/importwatchd-eu", "RUNTIME_DIRECTORY": "/run/importwatchd-eu",
                "CREDENTIALS_DIRECTORY": "/run/credentials/importwatchd@eu.service",
            ]
        )
    }

    @Test func variablesThatAreSetAndDirectoriesThatAreNotThereStayAsTheyAre() {
        let absent: Set = ["/run/importwatchd", "/run/credentials/importwatchd.service"]
        let found = variables("/etc/importwatchd/importwatchd.toml", ["STATE_DIRECTORY": "/srv"], absent: absent)
        #expect(found == ["STATE_DIRECTORY": "/srv"])
    }

    /// Before the first start of an instance; without systemd nobody makes the directory.
    @Test func wherePathsLeadBeforeTheFirstStartIsKnown() {
        let new: Set = ["/var/lib/importwatchd-eu", "/run/importwatchd-eu", "/run/credentials/importwatchd@eu.service"]
        let path = "/etc/importwatchd/eu.toml"
        #expect(variables(path, absent: new) == ["STATE_DIRECTORY": "/var/lib/importwatchd-eu"])
        #expect(variables(path, absent: new.union(["/run/systemd/system"])) == [:])
    }

    @Test func anotherConfigurationIsNoneOfTheServices() {
        for path in ["/home/me/importwatchd.toml", "importwatchd.toml", "/etc/importwatchd/jobs.d/a.toml"] {
            #expect(variables(path) == [:])
        }
    }
}
