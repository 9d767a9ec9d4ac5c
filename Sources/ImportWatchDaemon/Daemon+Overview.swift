import ImportWatch

/// What the daemon says about itself.
extension Daemon {
    func overview() -> Overview {
        Overview(
            pollers: sources.runners.map(\.poller),
            schedules: core.outbox.schedules,
            stateProblem: core.stateProblem,
            refusal: reloadRefusal,
            now: environment.clock.now(),
            wall: environment.clock.wall()
        )
    }

    func summary() -> String {
        let now = environment.clock.now()
        return overview().line(nextPoll: sources.nextTurn(now: now), pending: core.outbox.pendingCount)
    }

    func reportSummary() {
        reporter.report(.summary(summary()))
    }
}
