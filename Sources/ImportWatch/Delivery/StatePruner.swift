/// What is old enough to be forgotten.
public struct StatePruning: Hashable, Sendable {
    /// Jobs and deliveries that ended before this time go.
    public var endedBefore: WallTime
    /// Jobs that stay however old they are: forgotten, they would be told again.
    public var listed: Set<JobKey>

    /// Makes an order to prune.
    public init(endedBefore: WallTime, listed: Set<JobKey>) {
        self.endedBefore = endedBefore
        self.listed = listed
    }
}

/// Decides when the state is pruned: at start and every hour.
public struct StatePruner: Sendable {
    /// The time between two prunings.
    public static let interval = Duration.seconds(3600)

    /// When ``due(now:wall:keep:listed:)`` has work again.
    public private(set) var next: MonotonicInstant

    /// Makes a pruner whose first pruning is due at once.
    public init(now: MonotonicInstant) {
        next = now
    }

    /// The pruning that is due, if one is.
    ///
    /// - Parameters:
    ///   - keep: How long finished jobs and ended deliveries are kept.
    ///   - listed: The jobs that the configuration lists.
    public mutating func due(
        now: MonotonicInstant,
        wall: WallTime,
        keep: Duration,
        listed: () -> Set<JobKey>
    ) -> StatePruning? {
        guard now >= next else { return nil }
        next = now.advanced(by: Self.interval)
        return StatePruning(endedBefore: wall.advanced(by: .zero - keep), listed: listed())
    }
}
