/// A delivery in the state that this program can't read, as it is written there: it is kept and waits.
public struct UnreadableDelivery: Error, Hashable, Sendable {
    /// The event's ID.
    public var eventID: String
    /// The event's type, without its prefix.
    public var type: String
    /// The job's ID.
    public var jobID: String
    /// `journal`, or `webhook:` and a name.
    public var target: String
    /// `pending`, `delivered`, `dead`, or something else.
    public var state: String
    /// Attempts begun so far.
    public var attempts: Int64
    /// What can't be read.
    public var reason: String

    /// Makes the description of a row.
    public init(
        eventID: String,
        type: String,
        jobID: String,
        target: String,
        state: String,
        attempts: Int64,
        reason: String
    ) {
        self.eventID = eventID
        self.type = type
        self.jobID = jobID
        self.target = target
        self.state = state
        self.attempts = attempts
        self.reason = reason
    }
}

/// What a filter let through.
public struct DeliveryList: Hashable, Sendable {
    /// The deliveries, the newest event's first.
    public var records: [DeliveryRecord] = []
    /// Those that can't be read.
    public var unreadable: [UnreadableDelivery] = []

    /// Makes an empty list.
    public init() {}
}

/// What a state holds that this program can't read: written by a newer version, or damaged.
public struct UnreadableRows: Hashable, Sendable {
    /// How many jobs.
    public private(set) var jobs = 0
    /// How many deliveries that have neither arrived nor been given up.
    public private(set) var deliveries = 0
    /// Which, and why: the first few.
    public private(set) var examples: [String] = []

    /// Makes the empty count.
    public init() {}

    /// Whether everything can be read.
    public var isEmpty: Bool { jobs == 0 && deliveries == 0 }

    /// Counts a delivery.
    public mutating func note(_ delivery: UnreadableDelivery) {
        deliveries += 1
        add("\(delivery.eventID) (\(delivery.type)) to \(delivery.target): \(delivery.reason)")
    }

    /// Counts a job.
    public mutating func noteJob(_ problem: String) {
        jobs += 1
        add(problem)
    }

    private mutating func add(_ example: String) {
        if examples.count < 5 { examples.append(String(example.prefix(300))) }
    }
}
