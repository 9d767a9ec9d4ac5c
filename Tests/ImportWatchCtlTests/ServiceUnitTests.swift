import Foundation
import Testing

@testable import importwatchctl

@Suite struct ServiceUnitTests {
    private static let systemd = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "systemd")

    private func installed(_ name: String, _ more: String = "") throws -> ServiceUnit {
        let file = name.contains("@") ? "importwatchd@.service" : "importwatchd.service"
        let text = try String(contentsOf: Self.systemd.appending(path: file), encoding: .utf8)
        return ServiceUnit("# /usr/lib/systemd/system/\(file)\n\(text)\n\(more)", name: name)
    }

    @Test func theUnitsOfThePackageAreRead() throws {
        let unit = try installed("importwatchd.service")
        #expect(unit.user == "importwatchd")
        #expect(unit.environment == ["HOME": "/var/lib/importwatchd"])
        #expect(unit.credentials.isEmpty && unit.environmentFiles.isEmpty)
        #expect(try installed("importwatchd@eu.service").environment == ["HOME": "/var/lib/importwatchd-eu"])
    }

    @Test func dropInsAddAndReset() throws {
        let unit = try installed(
            "importwatchd@eu.service",
            """
            # /etc/systemd/system/importwatchd@eu.service.d/override.conf
            [Unit]
            Environment=NOT=here
            [Service]
            Environment="HTTPS_PROXY=http://proxy:1" 'AWS_PROFILE=with blank' \\
              PLAIN=100%%
            EnvironmentFile=/etc/lost
            EnvironmentFile=
            EnvironmentFile=-/etc/default/importwatchd
            EnvironmentFile=/etc/keys-%i
            LoadCredential=lost:/root/lost
            LoadCredential=
            LoadCredential=ops-secret:/root/the-first-is-not-taken
            LoadCredential=ops-secret:/root/secrets/%i
            LoadCredentialEncrypted=aws-credentials
            SetCredential=fixed:a:b
            User=watcher
            SupplementaryGroups=ssl-cert
            """
        )
        #expect(unit.user == "watcher" && unit.groups == ["importwatchd", "ssl-cert"])
        #expect(
            unit.environment == [
                "HOME": "/var/lib/importwatchd-eu", "HTTPS_PROXY": "http://proxy:1", "AWS_PROFILE": "with blank",
                "PLAIN": "100%",
            ]
        )
        #expect(
            unit.environmentFiles.map { ($0.isOptional ? "-" : "") + $0.path } == [
                "-/etc/default/importwatchd", "/etc/keys-eu",
            ]
        )
        #expect(unit.credentials.map(\.name) == ["ops-secret", "aws-credentials"])
        #expect(unit.credentials.map(\.source) == ["/root/secrets/eu", "aws-credentials"])
        #expect(unit.credentials.map(\.isEncrypted) == [false, true])
        #expect(unit.fixedCredentials == ["fixed"])
    }

    @Test func whatSystemdHidesAndMakesReadOnlyIsKnown() throws {
        let unit = try installed("importwatchd@eu.service", "[Service]\nReadWritePaths=-/srv/metrics /srv/more")
        for path in ["/var/lib/importwatchd-eu/state.sqlite", "/srv/metrics/a.prom", "/srv/more", "/tmp/a"] {
            #expect(!unit.isReadOnly(path), "\(path)")
        }
        for path in ["/etc/importwatchd/state.sqlite", "/var/lib/importwatchd/a", "/srv/metrics2/a", "/home/me/a"] {
            #expect(unit.isReadOnly(path), "\(path)")
        }
        for path in ["/home/me/a", "/root/a", "/tmp/a", "/var/tmp/a"] { #expect(unit.isHidden(path), "\(path)") }
        for path in ["/etc/a", "/homes/a", "/var/a"] { #expect(!unit.isHidden(path), "\(path)") }
        let full = ServiceUnit("[Service]\nProtectSystem=full\nProtectHome=read-only", name: "a.service")
        #expect(full.isReadOnly("/etc/a") && full.isReadOnly("/home/a") && !full.isReadOnly("/srv/a"))
        #expect(!full.isHidden("/home/a"))
        let loose = ServiceUnit("[Service]\nExecStart=/usr/bin/importwatchd", name: "importwatchd.service")
        #expect(!loose.isReadOnly("/etc/a") && !loose.isHidden("/root/a") && loose.user == nil)
    }

    @Test func aServicesVariablesAreThoseOfItsUnitAndNotTheCallers() throws {
        let unit = try installed("importwatchd@eu.service", "[Service]\nEnvironment=A=unit B=unit\nLoadCredential=x:/x")
        let variables = ServiceEnvironment.variables(
            of: unit,
            configurationPath: "/etc/importwatchd/eu.toml",
            home: "/nonexistent",
            files: [["A": "file"]]
        )
        #expect(variables["A"] == "file" && variables["B"] == "unit")
        #expect(variables["HOME"] == "/var/lib/importwatchd-eu")
        #expect(variables["STATE_DIRECTORY"] == "/var/lib/importwatchd-eu")
        #expect(variables["CREDENTIALS_DIRECTORY"] == "/run/credentials/importwatchd@eu.service")
    }

    @Test func filesOfVariablesAreReadAsSystemdDoes() {
        let text = """
            # comment
            ; comment
            AWS_REGION=eu-west-1
            QUOTED="a b"  \n
              INDENTED = no
            SINGLE='a "b"'
            JOINED=a\\
            b
            ESCAPED="say \\"hi\\" \\n"
            TRAILING=a b  \t
            no assignment
            1BAD=x
            EMPTY=
            LAST=last
            """
        #expect(
            EnvironmentFileText.variables(text) == [
                "AWS_REGION": "eu-west-1", "QUOTED": "a b", "SINGLE": "a \"b\"", "JOINED": "ab",
                "ESCAPED": "say \"hi\" \\n", "TRAILING": "a b", "EMPTY": "", "LAST": "last",
            ]
        )
    }
}
