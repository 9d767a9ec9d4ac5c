/// A poll that is to be sent, or is under way: names the job and this very watch over it.
public struct PollTicket: Hashable, Sendable {
    /// The job to ask about.
    public let jobID: String
    /// When the poll was handed out.
    public let sentAt: MonotonicInstant
    let slot: Int
    /// Tells this watch over the slot from an earlier one, so that the answer for a removed job is ignored.
    let watch: UInt32
}
