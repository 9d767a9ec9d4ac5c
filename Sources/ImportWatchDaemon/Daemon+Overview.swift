import ImportWatch

/// What the daemon says about itself.
extension Daemon {
    func overview() -> Overview {
        Overview(
            pollers: runners.map(\.poller),
            schedules: deliveries.outbox.schedules,
            stateProblem: writer.problem,
            refusal: reloadRefusal,
            now: environment.clock.now(),
            wall: environment.clock.wall()
        )
    }

    func summary() -> String {
        let now = environment.clock.now()
        let nextPoll = runners.compactMap { $0.nextTurn(now: now) }.min()
        return overview().line(nextPoll: nextPoll, pending: deliveries.outbox.pendingCount)
    }

    func reportSummary() {
        reporter.report(.summary(summary()))
    }
}
