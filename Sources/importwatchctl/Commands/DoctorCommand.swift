import ArgumentParser
import Control
import Dispatch
import Glibc
import ImportWatch
import ImportWatchDaemon
import JSON
import Platform
import WatchConfiguration

/// Shows for each source how the service is reached and with which credentials, and what is wrong with that.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Shows each source's Region, endpoint and credentials, and what is wrong with them.",
        discussion: """
            Asks the running daemon what it finds. Where none runs, looks as the daemon would:
            with the variables of whoever runs it, and root, for the service's own
            configuration, as the service's user with what its unit gives it.
            Exit: 0 no problem found, 1 a problem, 6 configuration bad or missing, 4 no
            permission to read it.
            """
    )

    @OptionGroup var config: ConfigurationOption
    @Option(help: ArgumentHelp("Make one real call about this job.", valueName: "JOB_ID")) var probe: String?
    @Flag(help: "Print one JSON object.") var json = false

    func validate() throws {
        if let probe, let problem = JobID.problem(with: probe) { throw ValidationError("\(problem)") }
    }

    func run() throws {
        let service = try Service(configurationPath: config.absolutePath, user: nil)
        // Before this becomes another user, who may not ask.
        let answer = try daemonsAnswer(service)
        try MainActor.assumeIsolated {
            let check = try ServiceCheck(
                path: config.path,
                service: service,
                hasVariables: answer == nil || service.unit != nil
            )
            if let answer { finish(answer, check, speaker: "the running daemon") }
            service.takeVariables()
            Task { @MainActor in await lookAround(check, service) }
        }
        dispatchMain()
    }

    /// What the running daemon finds; `nil` where none runs.
    private func daemonsAnswer(_ service: Service) throws(ServiceTrouble) -> [SourceFindings]? {
        let loader = ConfigurationLoader(files: LocalFiles(), environment: service.variables)
        let paths = ControlPath.candidates(
            configurationPath: config.path,
            statePath: loader.statePath(path: config.path),
            environment: service.variables
        )
        for path in paths {
            do throws(ControlError) {
                // A daemon that hangs is not waited for as long as one that looks around.
                let client = ControlClient(path: path, now: { SystemClock().now() }, limit: Self.patience)
                _ = try client.status(job: probe ?? "")
                return try client.examine(probe: probe)
            } catch {
                if case .nobodyListens = error { continue }
                throw ServiceTrouble("\(error)", exitStatus: ExitStatus.failure)
            }
        }
        return nil
    }

    /// Credentials may come from slow places, and a probe tries again.
    private static let patience = Duration.seconds(180)

    /// Looks as the daemon would if it ran.
    @MainActor private func lookAround(_ check: ServiceCheck, _ service: Service) async {
        var findings: [SourceFindings] = []
        if let configuration = check.configuration {
            do {
                let doctor = try Doctor(variables: service.variables, files: service.files)
                findings = await doctor.findings(configuration.sources, probe: probe)
            } catch {
                Failure.end(error)
            }
        }
        finish(findings, check, speaker: "\(service.speaker), for no daemon runs")
    }

    private func finish(_ sources: [SourceFindings], _ check: ServiceCheck, speaker: String) -> Never {
        let problems =
            check.lines
            + check.complaints(path: config.path)
            .filter { $0.severity == .error || check.error == nil && !check.warnings.contains($0) }
            .map(\.description)
        if json {
            Output.json(["speaker": .string(speaker), "problems": problems.json, "sources": sources.json])
        } else if check.error != nil, sources.isEmpty {
            // Nothing was looked at, as whom ever.
            for problem in problems { Output.problem(problem) }
        } else {
            Output.line("found by \(speaker)")
            for problem in problems { Output.line("problem      \(problem)") }
            if sources.isEmpty, problems.isEmpty { Output.line("no source has jobs: set jobs or jobs_files") }
            for source in sources { Output.line("\n" + Self.text(source)) }
        }
        if check.exitStatus != 0 { Glibc.exit(check.exitStatus) }
        let isWell = problems.isEmpty && sources.allSatisfy(\.problems.isEmpty)
        Glibc.exit(isWell ? 0 : ExitStatus.failure)
    }

    private static func text(_ source: SourceFindings) -> String {
        var lines = ["source \(source.name)"]
        func line(_ title: String, _ text: String) {
            lines.append("  \(title)" + String(repeating: " ", count: 13 - title.count) + text)
        }
        line("region", source.region ?? "none")
        line("endpoint", source.endpoint ?? "none")
        line("credentials", source.credentials.map(inWords) ?? "none")
        if let probe = source.probe { line("probe", "job \(probe.jobID) is \(probe.status)") }
        for problem in source.problems { line("problem", problem) }
        return lines.joined(separator: "\n")
    }

    private static func inWords(_ key: SourceFindings.Key) -> String {
        "\(key.provider), key …\(key.lastFour), " + (key.expiresAt.map { "until \($0.rfc3339)" } ?? "without an end")
    }
}
