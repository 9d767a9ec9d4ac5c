/// The journal entries about the daemon itself.
extension JournalEntry {
    /// The daemon runs.
    ///
    /// - Parameter summary: How many jobs there are, and what is wrong.
    public static func started(_ summary: String, configuration: String) -> JournalEntry {
        JournalEntry(
            kind: .started,
            priority: .info,
            message: "importwatchd \(importWatchVersion) started with \(configuration): \(summary)"
        )
    }

    /// The daemon stops.
    public static func stopping(_ summary: String) -> JournalEntry {
        JournalEntry(kind: .stopping, priority: .info, message: "stopping: \(summary)")
    }

    /// Somebody asked with SIGUSR1.
    public static func summary(_ summary: String) -> JournalEntry {
        JournalEntry(kind: .summary, priority: .notice, message: summary)
    }

    /// Something in the configuration deserves a look.
    ///
    /// - Parameter place: The file, the line and the column.
    public static func configurationWarning(_ words: String, at place: String) -> JournalEntry {
        JournalEntry(kind: .configurationWarning, priority: .warning, message: "\(place): \(words)")
    }

    /// A webhook goes on with the secrets from before its file changed.
    public static func secretsUnusable(webhook: String, _ problems: [String]) -> JournalEntry {
        JournalEntry(
            kind: .configurationWarning,
            priority: .warning,
            message: "webhook \(webhook): the changed secret file can't be used, the secrets before go on: "
                + problems.joined(separator: "; "),
            fields: [.webhookName: webhook]
        )
    }

    /// Nobody can ask the daemon or steer it.
    public static func controlUnavailable(_ problem: String) -> JournalEntry {
        JournalEntry(
            kind: .configurationWarning,
            priority: .warning,
            message: "\(problem); importwatchctl status and reload won't work"
        )
    }

    /// Somebody had notifications sent again.
    public static func replayed(_ count: Int) -> JournalEntry {
        JournalEntry(
            kind: .replayed,
            priority: .notice,
            message:
                "\(count.counted("notification")) \(count == 1 ? "is" : "are") sent again because somebody asked for it"
        )
    }

    /// The daemon ends, having done nothing.
    public static func cannotStart(_ problem: String) -> JournalEntry {
        JournalEntry(kind: .cannotStart, priority: .critical, message: "can't start: \(problem)")
    }

    /// Another configuration is in force.
    public static func reloaded(added: Int, removed: Int, summary: String) -> JournalEntry {
        JournalEntry(
            kind: .reloaded,
            priority: .info,
            message: "configuration read anew: \(added.counted("job")) added, \(removed) removed; \(summary)"
        )
    }

    /// Another configuration could not be put in force.
    ///
    /// - Parameter lines: Every complaint.
    public static func reloadRefused(_ lines: [String]) -> JournalEntry {
        JournalEntry(
            kind: .reloadRefused,
            priority: .error,
            message: "the new configuration is bad, the old one stays in force:\n" + lines.joined(separator: "\n")
        )
    }

    /// More entries came than may wait for the journal.
    public static func entriesDropped(_ count: Int) -> JournalEntry {
        JournalEntry(
            kind: .entriesDropped,
            priority: .warning,
            message: "\(count) journal entries were dropped while the journal took none"
        )
    }

    /// Metrics can't be written.
    public static func metricsUnavailable(path: String, _ problem: String) -> JournalEntry {
        JournalEntry(
            kind: .metricsUnavailable,
            priority: .warning,
            message: "metrics can't be written to \(path): \(problem)"
        )
    }

    /// Metrics can be written again.
    public static func metricsWritten(path: String) -> JournalEntry {
        JournalEntry(kind: .metricsWritten, priority: .notice, message: "metrics are written to \(path) again")
    }
}
