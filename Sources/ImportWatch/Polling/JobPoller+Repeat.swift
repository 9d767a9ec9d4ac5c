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
}
