import Foundation
import TestSupport
import Testing

extension Hostile {
    /// A secret in the wrong place of a configuration, or of a file that it names: none of the programs shows it.
    @Suite struct PlantedSecretProcessTests {
        private static let secret = "Zq7Lk4xW9pT0mB3vR8yH2nD6cF1g"

        /// What goes below a webhook's name and address, with `@` where the secret stands.
        private static let places = [
            "secret = \"@\"", "token = '''\n@\n'''", "\"Bearer @\" = 1",
            "headers = { \"Authorization: Bearer @\" = \"x\" }",
            "headers = { Authorization = \"Bearer @\", X = 5 }", "headers = { Authorization = \"Bearer @",
            "password = @",
            "secret_file = \"@\"", "\"@\" = 1\n\"@\" = 2",
            "[[source]]\nname = \"b\"\nendpoint_url = \"https://u:@@h.example\"",
            "url_file = \"address\"", "secret_file = \"secrets\"",
            "[[source]]\nname = \"b\"\njobs_files = [\"jobs.list\"]",
            "[state]\npostgresql = \"postgresql://u:@@db/x\"", "headers = { X = \"\"\"\n@ \\\n  @\n",
        ]

        private func world() async throws -> DaemonHarness {
            let harness = try await DaemonHarness("{}", jobs: ["a"])
            try harness.folder.write("secrets", "whsec_\(Self.secret)!\n\(Self.secret)\n")
            try harness.folder.write("address", "https://u:\(Self.secret)@h.example/\(Self.secret)\n")
            try harness.folder.write("jobs.list", "\(Self.secret)\n\(Self.secret)\n..\n")
            return harness
        }

        private func text(_ place: String) -> String {
            """
            jobs = ["a"]
            region = "eu-west-1"
            [[webhook]]
            name = "ops"
            \(place.contains("url_file") ? "" : "url = \"https://hooks.example.com\"")
            \(place.replacing("@", with: Self.secret))

            """
        }

        @Test func neitherCheckNorReloadNorTheDaemonShowsASecret() async throws {
            let harness = try await world()
            let daemon = try harness.daemon()
            try await daemon.waitFor("started with")
            for place in Self.places {
                try harness.folder.write("importwatchd.toml", text(place))
                for command in [["check"], ["check", "--json"], ["reload"]] {
                    let (_, printed) = try await harness.tool(command)
                    #expect(
                        printed.contains("importwatchd.toml") || printed.contains("jobs.list"),
                        "\(place): \(printed)"
                    )
                    #expect(!printed.contains(Self.secret), "\(command), \(place): \(printed)")
                }
                let terminal = try await PythonClients.run(
                    "on-a-terminal.py",
                    [
                        "100", "never", TestProcess.products.appendingPathComponent("importwatchctl").path, "check",
                        "--config", harness.configuration,
                    ]
                )
                let output = try #require(terminal["output"]?.string)
                #expect(output.contains("importwatchd.toml") && !output.contains(Self.secret), "\(place): \(output)")
            }
            try await daemon.stopsInTime()
            #expect(daemon.printed.contains("importwatchd.toml:") && !daemon.printed.contains(Self.secret))
        }

        @Test(arguments: [
            "[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key @\n",
            "aws_secret_access_key = @\n",
            "[default\naws_secret_access_key = @\n", "[default]\n= @\n", "[@\n", "[default]\n  @\n",
            "[default]\naws_access_key_id = @\naws_secret_access_key = \n",
            "[default]\ncredential_process = /none/program --key @\n",
        ])
        func noSecretOfABrokenProfileIsShown(file: String) async throws {
            let harness = try await world()
            let path = try harness.folder.write("credentials", file.replacing("@", with: Self.secret))
            let environment = ["AWS_SHARED_CREDENTIALS_FILE": path, "AWS_EC2_METADATA_DISABLED": "true"]
            let daemon = try harness.daemon(environment: environment)
            let doctor = try TestProcess(
                "importwatchctl",
                ["doctor", "--config", harness.configuration],
                environment: environment
            )
            _ = try await doctor.exitStatus()
            try await daemon.waitFor("source default")
            try await daemon.stopsInTime()
            for printed in [doctor.printed, daemon.printed] { #expect(!printed.contains(Self.secret), "\(printed)") }
        }
    }
}
