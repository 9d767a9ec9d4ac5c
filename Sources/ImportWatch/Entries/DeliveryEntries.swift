/// The journal entries about targets and deliveries.
extension JournalEntry {
    static func changed(_ change: TargetHealth.Change, target: DeliveryTarget, pending: Int) -> JournalEntry {
        switch change {
        case .failing(let problem, let failures):
            entry(
                target == .journal ? .journalUnavailable : .webhookUnavailable,
                .warning,
                "\(name(target)): \(problem.message) (\(failures) in a row); "
                    + "\(pending.counted("notification")) pending, tried again by schedule",
                target,
                problem
            )
        case .recovered(let time, let failures):
            entry(
                target == .journal ? .journalAvailable : .webhookAvailable,
                .notice,
                "\(name(target)): takes notifications again after \(time.inWords) and \(failures.counted("failed attempt"))",
                target
            )
        case .gone(let problem):
            entry(
                .webhookUnavailable,
                .error,
                "\(name(target)): \(problem.message); \(pending.counted("notification")) kept, "
                    + "none is tried until a reload or restart",
                target,
                problem
            )
        }
    }

    static func deadLetter(_ delivery: Delivery, _ problem: NotificationProblem) -> JournalEntry {
        let event = delivery.event
        return entry(
            .deadLetter,
            .critical,
            "\(name(delivery.target)): gave up telling that job \(event.job.id) \(event.type.inWords) after "
                + "\(delivery.attempts.counted("attempt")): \(problem.message)",
            delivery.target,
            problem,
            about: [
                .jobID: event.job.id, .source: event.source, .region: event.region, .eventID: event.id,
                .eventType: event.type.qualifiedName, .webhookAttempt: String(delivery.attempts),
            ]
        )
    }

    static func orphaned(webhook: String, count: Int) -> JournalEntry {
        entry(
            .orphanedDeliveries,
            .warning,
            "webhook \(webhook) is not in the configuration; \(count.counted("notification")) kept for it",
            .webhook(webhook)
        )
    }

    private static func name(_ target: DeliveryTarget) -> String {
        switch target {
        case .journal: "journal"
        case .webhook(let name): "webhook \(name)"
        }
    }

    private static func entry(
        _ kind: JournalEntry.Kind,
        _ priority: JournalEntry.Priority,
        _ message: String,
        _ target: DeliveryTarget,
        _ problem: NotificationProblem? = nil,
        about more: [JournalEntry.Field: String] = [:]
    ) -> JournalEntry {
        var fields = more
        if case .webhook(let name) = target { fields[.webhookName] = name }
        if let problem {
            fields[.errorMessage] = problem.message
            fields[.httpStatus] = problem.httpStatus.map(String.init)
        }
        return JournalEntry(kind: kind, priority: priority, message: message, fields: fields)
    }
}
