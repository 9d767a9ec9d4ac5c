/// What is old enough to be forgotten.
public struct StatePruning: Hashable, Sendable {
    /// Jobs and deliveries that ended before this time go.
    public var endedBefore: WallTime
    /// Jobs that stay however old they are: forgotten, they would be told again.
    public var listed: Set<JobKey>

    public init(endedBefore: WallTime, listed: Set<JobKey>) {
        self.endedBefore = endedBefore
        self.listed = listed
    }
}

/// Decides when the state is pruned: at start and every hour.
struct StatePruner: Sendable {
    /// The time between two prunings.
    static let interval = Duration.seconds(3600)
    /// The time after which one that failed is tried again.
    static let retryDelay = Duration.seconds(60)

    /// When ``due(now:wall:keep:listed:)`` has work again.
    private(set) var next: MonotonicInstant

    private let begunAt: (now: MonotonicInstant, wall: WallTime)

    /// The first pruning is due at once.
    init(now: MonotonicInstant, wall: WallTime) {
        next = now
        begunAt = (now, wall)
    }

    /// Whether a pruning is due.
    func isDue(now: MonotonicInstant) -> Bool { now >= next }

    /// Has the pruning done again soon: the last one did not reach the disk.
    mutating func failed(now: MonotonicInstant) {
        next = min(next, now.advanced(by: Self.retryDelay))
    }

    /// The pruning that is due, if one is.
    ///
    /// - Parameters:
    ///   - keep: How long finished jobs and ended deliveries are kept.
    ///   - listed: The jobs that the configuration lists.
    mutating func due(
        now: MonotonicInstant,
        wall: WallTime,
        keep: Duration,
        listed: () -> Set<JobKey>
    ) -> StatePruning? {
        guard now >= next else { return nil }
        next = now.advanced(by: Self.interval)
        // A clock that was set far ahead under the daemon makes nothing old.
        let passed = begunAt.wall.advanced(by: begunAt.now.duration(to: now))
        return StatePruning(endedBefore: min(wall, passed).advanced(by: .zero - keep), listed: listed())
    }
}
