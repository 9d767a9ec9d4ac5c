import AWS
import ImportWatch
import Platform
import WatchConfiguration

/// A configuration with all that the environment adds to it: what the daemon puts in force.
struct DaemonPlan {
    struct Source {
        var name: String
        var region: String
        var settings: SourceRunner.Settings
        var jobs: [String]
    }

    var configuration: Configuration
    var warnings: [Complaint]
    var sources: [Source]
}

/// Reads the configuration and makes a plan of it, at start and at each reload.
struct ConfigurationReader {
    let path: String
    let environment: DaemonEnvironment

    func read() throws(ConfigurationError) -> DaemonPlan {
        let loader = ConfigurationLoader(files: environment.files, environment: environment.variables)
        let (configuration, warnings) = try loader.load(path: path)
        var complaints: [Complaint] = []
        let sources = configuration.sources.compactMap { source(of: $0, complaints: &complaints) }
        for group in Dictionary(grouping: sources, by: \.region).values {
            complaints += SharedJob.among(group.map { ($0.name, $0.jobs) }).map { complaint($0.problem) }
        }
        if !complaints.isEmpty { throw .invalid(complaints) }
        return DaemonPlan(configuration: configuration, warnings: warnings, sources: sources)
    }

    private func source(of source: Configuration.Source, complaints: inout [Complaint]) -> DaemonPlan.Source? {
        let client = environment.client(of: source)
        guard let region = client.region else {
            // As installed, the configuration has neither Region nor jobs; the daemon waits for a reload.
            if source.jobs.isEmpty { return nil }
            complaints.append(
                complaint("source \(source.name) has no region; set region = \"…\" or the variable AWS_REGION")
            )
            return nil
        }
        let endpoint: ServiceEndpoint
        do throws(EndpointProblem) {
            endpoint = try client.endpoint(of: .sesv2).endpoint
        } catch {
            complaints.append(complaint("source \(source.name): \(error)"))
            return nil
        }
        return DaemonPlan.Source(
            name: source.name,
            region: region,
            settings: SourceRunner.Settings(source, endpoint: endpoint, tls: client.tls),
            jobs: source.jobs
        )
    }

    private func complaint(_ message: String) -> Complaint {
        Complaint(path: path, line: 1, column: 1, severity: .error, message: message)
    }
}

/// What the daemon makes of a configuration when it starts, for a tool that tries it out.
public enum DaemonConfiguration {
    /// Reads a configuration with all that the environment adds, as the daemon does.
    ///
    /// - Parameters:
    ///   - variables: The daemon's variables.
    ///   - files: The files as the daemon sees them.
    public static func read(
        path: String,
        variables: [String: String],
        files: any FileReader
    ) throws(ConfigurationError) -> (configuration: Configuration, warnings: [Complaint]) {
        let environment = DaemonEnvironment(variables: variables, files: files, clock: SystemClock())
        let plan = try ConfigurationReader(path: path, environment: environment).read()
        let troubles = plan.configuration.sources.filter { !$0.jobs.isEmpty }.flatMap { source in
            environment.troubles(of: source).map { "source \(source.name): \($0)" }
        }
        let warnings = troubles.map { Complaint(path: path, line: 1, column: 1, severity: .warning, message: $0) }
        return (plan.configuration, plan.warnings + warnings)
    }
}
