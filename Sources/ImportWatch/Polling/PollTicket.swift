/// A poll that is to be sent, or is under way.
public struct PollTicket: Hashable, Sendable {
    /// The job to ask about.
    public let jobID: String
    /// When the poll was handed out.
    public let sentAt: MonotonicInstant
    /// Tells this poll from every other one of its source.
    let number: UInt64
}

/// The polls of a source that are under way, those for jobs that have left the list included.
struct PollsUnderWay: Sendable {
    /// The slots of the jobs that are asked about, by ticket number; `nil` for a job that has left.
    private var slots: [UInt64: Int?] = [:]
    private var lastNumber: UInt64 = 0

    var count: Int { slots.count }

    mutating func begin(_ id: String, slot: Int, now: MonotonicInstant) -> PollTicket {
        lastNumber += 1
        slots[lastNumber] = .some(slot)
        return PollTicket(jobID: id, sentAt: now, number: lastNumber)
    }

    /// Ends a poll; answers the job's slot unless the job has left meanwhile.
    mutating func end(_ ticket: PollTicket) -> Int? {
        guard let slot = slots.removeValue(forKey: ticket.number) else {
            preconditionFailure("a poll that is not under way, or ended before")
        }
        return slot
    }

    /// Has the answer about a job that leaves the list go to no job, whichever gets the slot.
    mutating func forget(_ slot: Int) {
        for (number, place) in slots where place == slot { slots.updateValue(nil, forKey: number) }
    }
}
