import ArgumentParser
import Dispatch
import Glibc
import ImportWatchDaemon
import JSON
import WatchConfiguration

/// Shows for each source how the service is reached and with which credentials, and what is wrong with that.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Shows each source's Region, endpoint and credentials, and what is wrong with them.",
        discussion: """
            Looks for credentials as the daemon does, but with the variables and the
            permissions of whoever runs it: for the daemon's own, run it as its user.
            Exit: 0 no problem found, 1 a problem, 6 configuration bad or missing.
            """
    )

    @OptionGroup var config: ConfigurationOption
    @Option(help: ArgumentHelp("Make one real call about this job.", valueName: "JOB_ID")) var probe: String?
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
        let configuration = try config.loadOrExit()
        let (probe, json, variables) = (probe, json, config.variables)
        Task { @MainActor in
            do {
                let sources = try await Doctor.examine(
                    configuration,
                    probe: probe,
                    variables: variables
                )
                Output.write(json ? Self.json(sources) : Self.text(sources))
                Glibc.exit(sources.contains { !$0.problems.isEmpty } ? ExitStatus.failure : 0)
            } catch {
                Output.line("importwatchctl: \(error)", to: STDERR_FILENO)
                Glibc.exit(ExitStatus.failure)
            }
        }
        dispatchMain()
    }

    private static func text(_ sources: [SourceFindings]) -> String {
        guard !sources.isEmpty else { return "no source has jobs: set jobs or jobs_files\n" }
        return sources.map { source in
            var lines = ["source \(source.name)"]
            func line(_ title: String, _ text: String) {
                lines.append("  \(title)" + String(repeating: " ", count: 13 - title.count) + text)
            }
            line("region", source.region ?? "none")
            line("endpoint", source.endpoint ?? "none")
            line("credentials", source.credentials.map(inWords) ?? "none")
            if let probe = source.probe { line("probe", "job \(probe.jobID) is \(probe.status)") }
            for problem in source.problems { line("problem", problem) }
            return lines.joined(separator: "\n") + "\n"
        }.joined(separator: "\n")
    }

    private static func inWords(_ key: SourceFindings.Key) -> String {
        "\(key.provider), key …\(key.lastFour), " + (key.expiresAt.map { "until \($0)" } ?? "without an end")
    }

    private static func json(_ sources: [SourceFindings]) -> String {
        let value: JSONValue = [
            "sources": .array(
                sources.map { source in
                    var members: [JSONValue.Member] = [
                        .init("name", .string(source.name)),
                        .init("region", source.region.map(JSONValue.string) ?? .null),
                        .init("endpoint", source.endpoint.map(JSONValue.string) ?? .null),
                        .init(
                            "credentials",
                            source.credentials.map { key in
                                [
                                    "provider": .string(key.provider), "access_key_id": .string(key.lastFour),
                                    "expires_at": key.expiresAt.map(JSONValue.string) ?? .null,
                                ]
                            } ?? .null
                        ),
                        .init("problems", .array(source.problems.map(JSONValue.string))),
                    ]
                    if let probe = source.probe {
                        members.append(
                            .init("probe", ["job_id": .string(probe.jobID), "status": .string(probe.status)])
                        )
                    }
                    return .object(members)
                }
            )
        ]
        return String(decoding: value.encoded(), as: UTF8.self) + "\n"
    }
}
