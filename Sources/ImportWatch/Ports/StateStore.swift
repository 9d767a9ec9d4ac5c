/// Keeps jobs, events and the outbox over restarts; every call runs off the main queue.
public protocol StateStore: Sendable {
    /// Reads what the daemon needs to go on: all jobs, and the deliveries that are still pending.
    func load() async throws(StateStoreError) -> StoredState

    /// Writes all of a batch or none of it, and returns when it is on disk; to repeat it changes nothing.
    ///
    /// - Returns: The deliveries that are pending now for the batch's events, whether this call or an earlier one told
    ///   them.
    @discardableResult
    func commit(_ batch: StateBatch) async throws(StateStoreError) -> [Delivery]

    /// Gives a damaged state up, and keeps it for people to look at; the next call begins a new one in its place.
    ///
    /// - Returns: Where the damaged state lies now.
    func beginAnew(at time: WallTime) async throws(StateStoreError) -> String

    /// Closes the state in good order; nothing may be called after it.
    func close() async
}

/// What a state holds at the start of the daemon.
public struct StoredState: Hashable, Sendable {
    /// Every job that is remembered, finished ones included.
    public var jobs: [JobRecord]
    /// The deliveries that have neither arrived nor been given up, oldest event first.
    public var pendingDeliveries: [Delivery]
    /// How many deliveries were given up, by target.
    public var deadDeliveries: [DeliveryTarget: Int]
    /// What is there besides and can't be read.
    public var unreadable = UnreadableRows()

    public init(
        jobs: [JobRecord] = [],
        pendingDeliveries: [Delivery] = [],
        deadDeliveries: [DeliveryTarget: Int] = [:]
    ) {
        self.deadDeliveries = deadDeliveries
        self.jobs = jobs
        self.pendingDeliveries = pendingDeliveries
    }
}
