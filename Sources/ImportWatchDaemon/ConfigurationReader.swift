import AWS
import Crypto
import ImportWatch
import WatchConfiguration
import Webhook

/// A configuration with all that the environment adds to it: what the daemon puts in force.
struct DaemonPlan {
    struct Source {
        var name: String
        var region: String
        var settings: SourceRunner.Settings
        var jobs: [String]
    }

    struct Hook {
        var name: String
        var secretFile: String?
        var settings: WebhookSettings
        var events: Set<EventType>
        var concurrency: Int
        var retries: RetrySchedule
    }

    var configuration: Configuration
    var warnings: [Complaint]
    var sources: [Source]
    var webhooks: [Hook]
}

/// Reads the configuration and makes a plan of it, at start and at each reload.
package struct ConfigurationReader {
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
        return DaemonPlan(
            configuration: configuration,
            warnings: warnings,
            sources: sources,
            webhooks: configuration.webhooks.map(hook)
        )
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

    private func hook(_ webhook: Configuration.Webhook) -> DaemonPlan.Hook {
        DaemonPlan.Hook(
            name: webhook.name,
            secretFile: webhook.secretFile,
            settings: Self.settings(of: webhook),
            events: webhook.events,
            concurrency: webhook.concurrency,
            retries: .webhook(maxAge: webhook.maxAge)
        )
    }

    package static func settings(of webhook: Configuration.Webhook) -> WebhookSettings {
        WebhookSettings(
            url: webhook.url,
            keys: webhook.secrets.compactMap(\.signingKey),
            format: format(webhook.format),
            headers: webhook.headers,
            includesFailedRecordsURL: webhook.includesFailedRecordsURL,
            timeout: webhook.timeout,
            tls: webhook.tls
        )
    }

    private static func format(_ format: Configuration.Webhook.Format) -> WebhookFormat {
        switch format {
        case .standard: .standard
        case .cloudevents: .cloudEvents
        case .slack: .slack
        }
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
