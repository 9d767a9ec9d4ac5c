import ImportWatch
import Webhook

/// Every key of the configuration, one row a key: the one place that says where it stands, what it may hold, what holds
/// without it and what it is for.
///
/// The decoders, the hints of complaints, and the checks of the sample file and of the manual page read it.
enum KeyTable {
    static let rows: [ConfigurationKey] = [
        .init(.top, "source", .tables, "A further account or Region."),
        .init(.top, "webhook", .tables, "A receiver of notifications."),
        .init(.top, "state", .table, "Where the state is kept."),
        .init(.top, "metrics", .table, "Where metrics are written."),

        .init(.source, "name", .text(nil, example: "us"), "The identity of a [[source]]."),
        .init(.source, "region", .text(nil, example: "eu-west-1"), "The AWS Region."),
        .init(.source, "profile", .text(nil, example: "prod"), "The profile whose credentials are used."),
        .init(.source, "role_arn", .text(nil, example: AWSNames.exampleRole), "The role that is assumed."),
        .init(.source, "endpoint_url", .text(nil, example: "https://email.eu-west-1.amazonaws.com"), "The service."),
        .init(.source, "jobs", .texts(example: "6f0c4f8e-0d3b-4f9a-9a55-0c1d2e3f4a5b"), "The IDs of the jobs."),
        .init(.source, "jobs_files", .texts(example: "jobs.d/*.list"), "Files with more IDs."),
        .init(.source, "discover", .flag(false), "Whether every job that the service lists is watched."),
        .init(.source, "polling", .table, "How the jobs are asked about."),

        .polling(
            "requests_per_second",
            \.polling.requestsPerSecond,
            { .number(above: 0, upTo: 1000, $0) },
            "The budget."
        ),
        .polling("min_delay", \.polling.minDelay, { .duration(delays, $0) }, "A job's shortest wait between polls."),
        .polling("max_delay", \.polling.maxDelay, { .duration(delays, $0) }, "A job's longest wait between polls."),
        .polling("strategy", \.strategy, { _ in .word(strategies) }, "By which operation jobs are asked about."),
        .polling("request_timeout", \.requestTimeout, { .duration(timeouts, $0) }, "The longest time for one request."),
        .polling("connect_timeout", \.connectTimeout, { .duration(timeouts, $0) }, "The longest wait to connect."),
        .polling("not_found_grace", \.polling.notFoundGrace, { .duration(ages, $0) }, "When a job is lost."),
        .polling("deadline", \.polling.deadline, { .duration(ages, $0) }, "When a job is overdue."),

        .init(.webhook, "name", .text(nil, example: "ops"), "The webhook's identity."),
        .init(.webhook, "url", .text(nil, example: "https://hooks.example.com"), "The address."),
        .init(.webhook, "url_file", .text(nil, example: "ops-url"), "A file that holds the address."),
        .init(.webhook, "secret_file", .text(nil, example: "ops-secret"), "A file of the secrets that sign."),
        .init(.webhook, "events", .words(events, example: "failed"), "Which events are sent."),
        .init(.webhook, "format", .word(WebhookFormat.all.map(\.name)), "What the body looks like."),
        .init(.webhook, "include_failed_records_url", .flag(hook.includesFailedRecordsURL), "Whether it is sent."),
        .init(.webhook, "headers", .table, "Further headers."),
        // Among the keys of [polling] are two timeouts, one of which was likely meant there.
        .init(.webhook, "timeout", .duration(timeouts, hook.timeout), "An attempt's longest time.", isAmbiguous: true),
        .init(.webhook, "concurrency", .integer(1...64, hook.concurrency), "The most attempts at once."),
        .init(.webhook, "max_age", .duration(lives, hook.maxAge), "How long after the event attempts are made."),
        .init(.webhook, "ca_file", .text("", example: "ca.pem"), "The authorities that are trusted."),
        .init(.webhook, "client_cert_file", .text("", example: "client.pem"), "The certificate that is shown."),
        .init(.webhook, "client_key_file", .text("", example: "client.key"), "The key of the certificate."),

        .init(.state, "path", .text("state.sqlite", example: "state.sqlite"), "The database."),
        .init(.state, "keep", .duration(keeping, .seconds(720 * 3600)), "How long what has ended is kept."),
        .init(.state, "postgresql", .text(nil, example: "postgresql://db.example.com/importwatchd"), "The database."),
        .init(.state, "lease", .duration(timeouts, .seconds(15)), "How long a machine may work without a renewal."),
        .init(.state, "lease_renew", .duration(timeouts, .seconds(5)), "How often the lease is renewed."),

        .init(
            .metrics,
            "textfile",
            .text("", example: "/var/lib/prometheus/node-exporter/importwatchd.prom"),
            "The file for node_exporter."
        ),
    ]

    private static let hook = WebhookSettings(name: "", url: "")
    private static let events = EventType.allCases.map(\.rawValue)
    private static let strategies = Configuration.Source.Strategy.allCases.map(\.rawValue)
    private static let delays = Duration.milliseconds(100)...Duration.seconds(86_400)
    private static let timeouts = Duration.milliseconds(100)...Duration.seconds(600)
    private static let ages = Duration.zero...Duration.seconds(365 * 86_400)
    private static let lives = Duration.seconds(1)...Duration.seconds(365 * 86_400)
    private static let keeping = Duration.seconds(60)...Duration.seconds(3650 * 86_400)

    /// The keys of a table by name; a `[[source]]` has a name besides the keys that stand at the top level too.
    static func keys(of section: ConfigurationKey.Section) -> [String: ConfigurationKey] {
        bySection[section] ?? [:]
    }

    private static let bySection: [ConfigurationKey.Section: [String: ConfigurationKey]] = {
        var tables = Dictionary(grouping: rows, by: \.section).mapValues { rows in
            Dictionary(rows.map { ($0.name, $0) }) { first, _ in first }
        }
        let shared = (tables[.source] ?? [:]).filter { $0.key != "name" }
        tables[.top, default: [:]].merge(shared) { first, _ in first }
        return tables
    }()
}
