import ImportWatch
import WatchConfiguration

/// The journal entries about the daemon itself.
extension JournalEntry {
    static func started(_ summary: String, configuration: String) -> JournalEntry {
        JournalEntry(
            kind: .started,
            priority: .info,
            message: "importwatchd \(importWatchVersion) started with \(configuration): \(summary)"
        )
    }

    static func stopping(_ summary: String) -> JournalEntry {
        JournalEntry(kind: .stopping, priority: .info, message: "stopping: \(summary)")
    }

    static func summary(_ summary: String) -> JournalEntry {
        JournalEntry(kind: .summary, priority: .notice, message: summary)
    }

    static func configurationWarning(_ warning: Complaint) -> JournalEntry {
        JournalEntry(kind: .configurationWarning, priority: .warning, message: "\(warning.place): \(warning.message)")
    }

    static func secretsUnusable(webhook: String, _ problems: [String]) -> JournalEntry {
        JournalEntry(
            kind: .configurationWarning,
            priority: .warning,
            message: "webhook \(webhook): the changed secret file can't be used, the secrets before go on: "
                + problems.joined(separator: "; "),
            fields: [.webhookName: webhook]
        )
    }

    static func controlUnavailable(_ problem: String) -> JournalEntry {
        JournalEntry(
            kind: .configurationWarning,
            priority: .warning,
            message: "\(problem); importwatchctl status and reload won't work"
        )
    }

    static func replayed(_ count: Int) -> JournalEntry {
        JournalEntry(
            kind: .replayed,
            priority: .notice,
            message:
                "\(count.counted("notification")) \(count == 1 ? "is" : "are") sent again because somebody asked for it"
        )
    }

    static func stateSetAside(_ error: StateStoreError, name: String) -> JournalEntry {
        // Of one that was lost or deleted nothing may be left to be moved.
        let isLost = error.kind != .damaged
        return JournalEntry(
            kind: .stateSetAside,
            priority: .critical,
            message: "\(error); " + (isLost ? "" : "it was moved to \(name), and ") + "a new one is begun"
        )
    }

    static func rowsUnreadable(_ rows: UnreadableRows, in place: any StatePlace) -> JournalEntry {
        let jobs = "\(rows.jobs) job\(rows.jobs == 1 ? "" : "s")"
        let deliveries = "\(rows.deliveries) pending notification\(rows.deliveries == 1 ? "" : "s")"
        let counted = rows.jobs == 0 ? deliveries : rows.deliveries == 0 ? jobs : "\(jobs) and \(deliveries)"
        return JournalEntry(
            kind: .stateRowsUnreadable,
            priority: .error,
            message: "state \(place): \(counted) can't be read and stay as they are; a newer importwatchd wrote them, "
                + "or the file is damaged: " + rows.examples.joined(separator: "; ").inOneLine
        )
    }

    static func cannotStart(_ problem: String) -> JournalEntry {
        JournalEntry(kind: .cannotStart, priority: .critical, message: "can't start: \(problem)")
    }

    static func reloaded(added: Int, removed: Int, summary: String) -> JournalEntry {
        JournalEntry(
            kind: .reloaded,
            priority: .info,
            message: "configuration read anew: \(added.counted("job")) added, \(removed) removed; \(summary)"
        )
    }

    static func reloadRefused(_ lines: [String]) -> JournalEntry {
        JournalEntry(
            kind: .reloadRefused,
            priority: .error,
            message: "the new configuration is bad, the old one stays in force:\n" + lines.joined(separator: "\n")
        )
    }
}
