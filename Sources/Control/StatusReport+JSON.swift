import ImportWatch
import JSON

// The reports as the control socket carries them and `importwatchctl status --json` prints them; the interface's
// description says the same in Varlink's language.

extension StatusReport {
    package static let format = JSONMembers(
        Self.init(
            daemon:
            version:
            pid:
            startedAt:
            configuration:
            state:
            summary:
            sources:
            jobs:
            targets:
            reloadRefused:
        ),
        .init("daemon", \.daemon),
        .init("version", \.version),
        .init("pid", \.pid),
        .init("started_at", \.startedAt),
        .init("configuration", \.configuration),
        .init("state", \.state),
        .init("summary", \.summary),
        .init("sources", \.sources),
        .init("jobs", \.jobs),
        .init("targets", \.targets),
        .init("reload_refused", \.reloadRefused)
    )
}

extension StatusReport.Source {
    package static let format = JSONMembers(
        Self.init,
        .init("name", \.name),
        .init("region", \.region),
        .init("health", \.health),
        .init("requests_per_second", \.requestsPerSecond),
        .init("pace", \.pace),
        .init("watched", \.watched),
        .init("jobs", \.jobs),
        .init("next_poll", \.nextPoll),
        .init("throttled", \.isThrottled),
        .init("credentials", \.credentials),
        .init("credentials_expire_at", \.credentialsExpireAt)
    )
}

extension StatusReport.Job {
    package static let format = JSONMembers(
        Self.init,
        .init("source", \.source),
        .init("id", \.id),
        .init("status", \.status),
        .init("processed", \.processed),
        .init("failed", \.failed),
        .init("answered_at", \.answeredAt),
        .init("next_poll", \.nextPoll),
        .init("attention", \.attention),
        .init("created_at", \.createdAt),
        .init("finished_at", \.finishedAt),
        .init("records_per_second", \.recordsPerSecond),
        .init("problem", \.problem)
    )
}

extension StatusReport.Target {
    package static let format = JSONMembers(
        Self.init,
        .init("name", \.name),
        .init("health", \.health),
        .init("pending", \.pending),
        .init("last_success", \.lastSuccess),
        .init("dead", \.dead),
        .init("next_probe", \.nextProbe)
    )
}

extension StatusReport.Refusal {
    package static let format = JSONMembers(Self.init, .init("at", \.at), .init("complaint", \.complaint))
}

extension WallTime: JSONConvertible {
    /// RFC 3339 in UTC.
    package var json: JSONValue { .string(rfc3339) }

    package init(json: JSONValue) throws(JSONMismatch) {
        guard let time = json.string.flatMap({ WallTime(rfc3339: $0) }) else {
            throw JSONMismatch(expected: "a time of RFC 3339")
        }
        self = time
    }
}
