import Foundation
import Testing

/// The units that are installed; `Tests/Scripts/units.sh` has systemd itself look at them.
@Suite struct UnitFileTests {
    private func lines(_ name: String) throws -> [String] {
        try String(contentsOfFile: "\(Repository.path)/systemd/\(name)", encoding: .utf8).components(separatedBy: "\n")
    }

    @Test func anInstanceDiffersFromTheServiceOnlyInItsNames() throws {
        let service = try lines("importwatchd.service")
        let instance = try lines("importwatchd@.service").map { line in
            line.replacing(" (%i)", with: "")
                .replacing(" --config /etc/importwatchd/%i.toml", with: "")
                .replacing("importwatchd-%i", with: "importwatchd")
        }
        #expect(instance == service)
        #expect(try lines("importwatchd@.service").filter { $0.contains("%i") }.count == 6)
    }

    /// A second command of a reload is the first that can read the credentials; filters add up in the order given.
    @Test func commandsAndFiltersStandInTheirOrder() throws {
        let service = try lines("importwatchd.service")
        #expect(
            service.filter { $0.hasPrefix("ExecReload=") }
                == ["ExecReload=/bin/true", "ExecReload=/usr/bin/importwatchctl reload"]
        )
        #expect(
            service.filter { $0.hasPrefix("SystemCallFilter=") } == [
                "SystemCallFilter=@system-service", "SystemCallFilter=~@privileged @resources",
                "SystemCallFilter=~setpriority:0",
            ]
        )
    }

    /// The way to the control socket, which is the group's to use, is the group's to go.
    @Test func theGroupCanReachTheControlSocket() throws {
        let service = try lines("importwatchd.service")
        for line in ["Group=importwatchd", "RuntimeDirectory=importwatchd", "RuntimeDirectoryMode=0750"] {
            #expect(service.contains(line))
        }
    }
}
