/// How a source is polled, in the terms of the configuration's `[polling]`.
public struct PollingSettings: Hashable, Sendable {
    /// The account's request budget in this Region, in requests a second; above 0.
    public var requestsPerSecond: Double
    /// The shortest time between two polls of a job.
    public var minDelay: Duration
    /// The longest time between two polls of a job; at least ``minDelay``.
    public var maxDelay: Duration
    /// How long the service may say that a job does not exist before the job counts as lost.
    public var notFoundGrace: Duration
    /// How long a job may take before it counts as overdue; zero means for ever.
    public var deadline: Duration

    /// Makes settings; the defaults are the configuration's.
    public init(
        requestsPerSecond: Double = 1,
        minDelay: Duration = .seconds(5),
        maxDelay: Duration = .seconds(120),
        notFoundGrace: Duration = .seconds(900),
        deadline: Duration = .seconds(86_400)
    ) {
        self.requestsPerSecond = requestsPerSecond
        self.minDelay = minDelay
        self.maxDelay = maxDelay
        self.notFoundGrace = notFoundGrace
        self.deadline = deadline
    }
}
