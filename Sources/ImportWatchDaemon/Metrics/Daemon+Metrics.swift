import Control
import ImportWatch

extension Daemon {
    /// Writes the metrics, where there is a file for them.
    func writeMetrics() {
        metricsFile?.write(metrics)
    }

    /// Writes the metrics a last time and waits until they are on their way to the disk.
    func writeLastMetrics() async {
        await metricsFile?.finish()
        writeMetrics()
        await metricsFile?.finish()
    }

    /// Puts the configured file in force.
    func configureMetrics(path: String?) {
        guard path != metricsFile?.path else { return }
        metricsFile = path.map { MetricsFile(path: $0, reporter: reporter) }
    }

    private var metrics: String {
        MetricsReport(
            configuration: ControlPath.canonical(reader.path),
            sources: sources.runners.map { runner in
                MetricsReport.Source(
                    poller: runner.poller,
                    statistics: runner.statistics,
                    credentialsExpireAt: runner.signingCredentials?.expiresAt
                )
            },
            schedules: core.outbox.schedules,
            startedAt: startedAt,
            reload: lastReload,
            isStateWritable: core.stateProblem == nil
        ).text
    }
}
