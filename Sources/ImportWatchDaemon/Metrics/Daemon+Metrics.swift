import Control
import ImportWatch
import Platform

extension Daemon {
    /// Writes the metrics if it is time and there is a file for them.
    func writeMetrics() {
        guard let file = metricsFile, metricsSchedule.isDue(now: environment.clock.now()) else { return }
        file.write(metrics)
    }

    /// Writes the metrics a last time and waits until they are on their way to the disk.
    func writeLastMetrics() async {
        await metricsFile?.finish()
        metricsFile?.write(metrics)
        await metricsFile?.finish()
    }

    /// Puts the configured file in force.
    func configureMetrics(path: String?) {
        metricsSchedule.changed()
        guard path != metricsFile?.path else { return }
        metricsFile = path.map { MetricsFile(path: $0, reporter: reporter) }
    }

    private var metrics: String {
        MetricsReport(
            configuration: FilePaths.canonical(reader.path),
            sources: runners.map { runner in
                MetricsReport.Source(
                    poller: runner.poller,
                    statistics: runner.statistics,
                    credentialsExpireAt: runner.signingCredentials?.expiresAt
                )
            },
            schedules: deliveries.outbox.schedules,
            startedAt: startedAt,
            reload: lastReload,
            isStateWritable: writer.problem == nil
        ).text
    }
}
