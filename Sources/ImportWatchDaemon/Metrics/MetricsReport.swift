import ImportWatch

/// Puts together what the metrics file says.
struct MetricsReport {
    /// A source's part.
    struct Source {
        var poller: JobPoller
        var statistics: PollStatistics
        var credentialsExpireAt: WallTime?
    }

    /// What a reload came to.
    struct Reload {
        var wasSuccessful: Bool
        var lastSuccess: WallTime
    }

    private typealias Label = MetricFamily.Label
    private typealias Sample = MetricFamily.Sample
    private static let prefix = "importwatchd_"

    /// The configuration's path, by which the daemons of one machine are told apart.
    let configuration: String
    let sources: [Source]
    let schedules: [DeliverySchedule]
    let startedAt: WallTime
    let reload: Reload
    let isStateWritable: Bool

    var text: String {
        MetricFamily.text(service + polls + jobs + deliveries)
    }

    // MARK: The service

    private var service: [MetricFamily] {
        [
            family(
                "build_info",
                .gauge,
                "The version, as a label.",
                [Sample(1, labels: [Label("version", importWatchVersion)])]
            ),
            family(
                "start_time_seconds",
                .gauge,
                "When the daemon started, in Unix time.",
                [Sample(seconds(startedAt))]
            ),
            family(
                "config_last_reload_successful",
                .gauge,
                "Whether the configuration could be used when it was last read.",
                [Sample(reload.wasSuccessful ? 1 : 0)]
            ),
            family(
                "config_last_reload_success_timestamp_seconds",
                .gauge,
                "When a configuration was last put in force, in Unix time.",
                [Sample(seconds(reload.lastSuccess))]
            ),
            family(
                "state_writable",
                .gauge,
                "Whether the state could be written at the last attempt.",
                [Sample(isStateWritable ? 1 : 0)]
            ),
        ]
    }

    // MARK: Sources

    private var polls: [MetricFamily] {
        [
            family(
                "polls_total",
                .counter,
                "Polls by result.",
                perSource { source, labels in
                    PollStatistics.Outcome.allCases.map { outcome in
                        let count = source.statistics.counts[outcome] ?? 0
                        return Sample(Double(count), labels: labels + [Label("result", outcome.rawValue)])
                    }
                }
            ),
            family(
                "throttles_total",
                .counter,
                "Polls that the service throttled.",
                perSource { source, labels in
                    [Sample(Double(source.statistics.counts[.throttled] ?? 0), labels: labels)]
                }
            ),
            family(
                "poll_duration_seconds",
                .histogram,
                "How long polls took, whatever became of them.",
                perSource { $0.statistics.durations.samples($1) }
            ),
            family(
                "last_successful_poll_timestamp_seconds",
                .gauge,
                "When the service last described a job, in Unix time.",
                perSource { source, labels in
                    source.statistics.lastSuccess.map { [Sample(seconds($0), labels: labels)] } ?? []
                }
            ),
            family(
                "source_healthy",
                .gauge,
                "Whether polls get through.",
                perSource { source, labels in
                    [Sample(source.poller.health.isHealthy ? 1 : 0, labels: labels)]
                }
            ),
            family(
                "source_throttled",
                .gauge,
                "Whether throttling has lowered the pace.",
                perSource { source, labels in
                    [Sample(source.poller.pacer.isThrottled ? 1 : 0, labels: labels)]
                }
            ),
            family(
                "source_pace_requests_per_second",
                .gauge,
                "The pace that the source keeps to now.",
                perSource { source, labels in [Sample(source.poller.pacer.pace, labels: labels)] }
            ),
            family(
                "credentials_expiry_timestamp_seconds",
                .gauge,
                "When the credentials in use end, in Unix time; absent for those without an end.",
                perSource { source, labels in
                    source.credentialsExpireAt.map { [Sample(seconds($0), labels: labels)] } ?? []
                }
            ),
        ]
    }

    private var jobs: [MetricFamily] {
        let counts = sources.map { ($0, JobTally($0.poller)) }
        func perTally(_ body: (JobTally, [Label]) -> [Sample]) -> [Sample] {
            counts.flatMap { body($0.1, labels($0.0)) }
        }
        return [
            family(
                "jobs",
                .gauge,
                "Listed jobs by status.",
                perTally { tally, labels in
                    JobTally.statuses.map { status in
                        Sample(Double(tally.byStatus[status] ?? 0), labels: labels + [Label("status", status)])
                    }
                }
            ),
            family(
                "jobs_lost",
                .gauge,
                "Jobs that were told as lost and are not found.",
                perTally {
                    [Sample(Double($0.lost), labels: $1)]
                }
            ),
            family(
                "jobs_overdue",
                .gauge,
                "Jobs that have not ended within their deadline.",
                perTally {
                    [Sample(Double($0.overdue), labels: $1)]
                }
            ),
            family(
                "oldest_pending_job_timestamp_seconds",
                .gauge,
                "When the oldest job that has not ended was created, in Unix time.",
                perTally { tally, labels in tally.oldestPending.map { [Sample(seconds($0), labels: labels)] } ?? [] }
            ),
        ]
    }

    // MARK: Deliveries

    private var deliveries: [MetricFamily] {
        let webhooks = schedules.compactMap { schedule -> (String, DeliverySchedule)? in
            guard case .webhook(let name) = schedule.target else { return nil }
            return (name, schedule)
        }.sorted { $0.0 < $1.0 }
        let waiting = schedules.first { $0.target == .journal }?.pendingCount ?? 0
        return [
            family(
                "delivery_attempts_total",
                .counter,
                "Attempts at webhook deliveries by what became of them.",
                webhooks.flatMap { name, schedule in
                    schedule.statistics.attempts.sorted { $0.key < $1.key }.map { reason, count in
                        Sample(Double(count), labels: [Label("webhook", name), Label("reason", reason)])
                    }
                }
            ),
            family(
                "outbox_deliveries",
                .gauge,
                "Webhook deliveries that have neither arrived nor been given up.",
                webhooks.map {
                    Sample(Double($1.pendingCount), labels: [Label("webhook", $0)])
                }
            ),
            family(
                "outbox_journal_entries",
                .gauge,
                "Journal entries about events that wait to be written.",
                [
                    Sample(Double(waiting))
                ]
            ),
            family(
                "dead_letters_total",
                .counter,
                "Webhook deliveries that were given up.",
                webhooks.map {
                    Sample(Double($1.statistics.deadLetters), labels: [Label("webhook", $0)])
                }
            ),
            family(
                "last_delivery_timestamp_seconds",
                .gauge,
                "When the webhook last took a notification, in Unix time.",
                webhooks.compactMap { name, schedule in
                    schedule.lastSuccess.map { Sample(seconds($0), labels: [Label("webhook", name)]) }
                }
            ),
        ]
    }

    // MARK: Writing

    private func family(_ name: String, _ kind: MetricFamily.Kind, _ help: String, _ samples: [Sample]) -> MetricFamily
    {
        let samples = samples.map { sample in
            var sample = sample
            sample.labels.insert(Label("configuration", configuration), at: 0)
            return sample
        }
        return MetricFamily(Self.prefix + name, kind, help, samples)
    }

    private func perSource(_ body: (Source, [Label]) -> [Sample]) -> [Sample] {
        sources.flatMap { body($0, labels($0)) }
    }

    private func labels(_ source: Source) -> [Label] {
        [Label("source", source.poller.source), Label("region", source.poller.region)]
    }

    private func seconds(_ time: WallTime) -> Double {
        Double(time.millisecondsSinceEpoch) / 1000
    }
}
