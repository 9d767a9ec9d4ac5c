/// What a result means for the source: its pace and its health.
extension JobPoller {
    mutating func noteSource(
        _ result: PollResult,
        sentAt: MonotonicInstant,
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator,
        actions: inout [Action]
    ) {
        var changes: [SourceHealth.Change] = []
        switch result {
        case .answered, .jobRefused:
            pacer.succeeded(now: now)
            changes = health.answered(now: now)
            reportFullPace(now: now, actions: &actions)
        case .throttled(let problem, let retryAfter):
            pacer.throttled(sentAt: sentAt, retryAfter: retryAfter, now: now)
            throttledAt = now
            changes = health.throttled(problem, now: now)
            if !toldThrottled {
                toldThrottled = true
                actions.append(.report(reports.throttled(problem, pacer: pacer)))
            }
        case .credentialsRefused(let problem):
            changes = health.credentialsRefused(problem, now: now, using: &generator)
        case .unavailable(let problem, let retryAfter):
            if let retryAfter { pacer.pause(retryAfter, now: now) }
            changes = health.failed(problem, now: now, using: &generator)
        }
        for change in changes { actions.append(.report(reports.changed(change))) }
    }

    private mutating func reportFullPace(now: MonotonicInstant, actions: inout [Action]) {
        guard toldThrottled, !pacer.isThrottled, let throttledAt,
            throttledAt.duration(to: now) >= Self.calmAfterThrottle
        else { return }
        toldThrottled = false
        actions.append(.report(reports.atFullPace(rate: pacer.rate)))
    }

    mutating func warnAboutUnknownStatus(_ answer: ImportJob, actions: inout [Action]) {
        guard case .unknown(let raw) = answer.status, warnedStatuses.count < 100, warnedStatuses.insert(raw).inserted
        else { return }
        actions.append(.report(reports.unknownStatus(of: answer)))
    }
}
