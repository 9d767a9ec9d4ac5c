/// A delivery as the state remembers it, arrived and given up ones included.
public struct DeliveryRecord: Hashable, Sendable {
    /// How a delivery stands.
    public enum State: String, CaseIterable, Hashable, Sendable {
        /// It is going to be tried.
        case pending
        /// It arrived.
        case delivered
        /// It was given up.
        case dead
    }

    /// The event, the target and the attempts.
    public var delivery: Delivery
    /// How it stands.
    public var state: State
    /// When it arrived or was given up.
    public var endedAt: WallTime?
    /// The HTTP status of the last answer, if there was one.
    public var httpStatus: Int?
    /// Why the last attempt failed, without secrets.
    public var problem: String?
    /// Whether only a reload or restart brings the next attempt about.
    public var isHeldBack = false

    /// Makes a record.
    public init(
        delivery: Delivery,
        state: State,
        endedAt: WallTime? = nil,
        httpStatus: Int? = nil,
        problem: String? = nil
    ) {
        self.delivery = delivery
        self.state = state
        self.endedAt = endedAt
        self.httpStatus = httpStatus
        self.problem = problem
    }
}

/// Which deliveries somebody wants to see.
public struct DeliveryFilter: Hashable, Sendable {
    /// Those that stand so; all where it is `nil`.
    public var state: DeliveryRecord.State?
    /// Those to one target.
    public var target: DeliveryTarget?
    /// Those about one job.
    public var jobID: String?
    /// The most that are shown, the newest event's first.
    public var limit: Int

    /// Makes a filter.
    public init(
        state: DeliveryRecord.State? = nil,
        target: DeliveryTarget? = nil,
        jobID: String? = nil,
        limit: Int = 10_000
    ) {
        self.state = state
        self.target = target
        self.jobID = jobID
        self.limit = limit
    }
}

/// Which webhook deliveries somebody wants sent again.
public enum ReplaySelection: Hashable, Sendable {
    /// Those of one event.
    case event(String)
    /// Those that were given up.
    case dead
    /// Those that wait for their next try.
    case pending
    /// All to one webhook.
    case webhook(String)
    /// Those of events from this time on.
    case since(WallTime)
}
