extension JobPoller {
    /// Takes a poll back that says nothing about the source or the job, because it is worth repeating in another way
    /// (with other credentials, or another time in the signature): the job is due at once, and its next poll takes a
    /// token like any other.
    public mutating func takeBack(_ ticket: PollTicket, now: MonotonicInstant) {
        inFlight -= 1
        guard watches[ticket.slot] == ticket.watch, jobs[ticket.slot] != nil else { return }
        jobs[ticket.slot]?.isInFlight = false
        schedule.set(ticket.slot, due: now)
    }

    /// Notes that a poll was due but there were no credentials to sign it with.
    ///
    /// The job that is due first waits as after a refusal, and so does the source. Nothing was sent, so no token is spent.
    public mutating func couldNotAsk(
        _ problem: ServiceProblem,
        now: MonotonicInstant,
        wall: WallTime,
        using generator: inout some RandomNumberGenerator
    ) -> [Action] {
        let result = PollResult.credentialsRefused(problem)
        if let ticket = popDue(now: now) {
            return handle(result, for: ticket, now: now, wall: wall, using: &generator)
        }
        var actions: [Action] = []
        noteSource(result, sentAt: now, now: now, using: &generator, actions: &actions)
        return actions
    }
}
