/// A state whose daemon does not run, opened by a tool; daemons are kept away until the value goes.
public protocol StoppedState {
    /// How the daemon left its jobs and deliveries.
    func summary() throws(StateStoreError) -> StoppedSummary

    /// The deliveries that a filter lets through, the newest event's first, with those that can't be read.
    func deliveries(_ filter: DeliveryFilter) throws(StateStoreError) -> DeliveryList

    /// Makes webhook deliveries pending, for the daemon's next start; answers how many.
    func replay(_ selection: ReplaySelection, at time: WallTime) throws(StateStoreError) -> Int
}

/// How a daemon that does not run left its jobs and deliveries.
public struct StoppedSummary: Hashable, Sendable {
    /// Whether the last daemon stopped in good order.
    public var wasCleanlyStopped: Bool
    /// Every job that is remembered and can be read.
    public var jobs: [JobRecord]
    /// Each target that was ever to be told something, by name.
    public var targets: [Target]

    /// What became of the deliveries to one target.
    public struct Target: Hashable, Sendable {
        /// Who is told.
        public var target: DeliveryTarget
        /// How many neither arrived nor were given up, also of those that this program can't read.
        public var pending: Int
        /// How many were given up.
        public var dead: Int
        /// When one last arrived.
        public var lastSuccess: WallTime?

        public init(target: DeliveryTarget, pending: Int, dead: Int, lastSuccess: WallTime?) {
            self.target = target
            self.pending = pending
            self.dead = dead
            self.lastSuccess = lastSuccess
        }
    }

    public init(wasCleanlyStopped: Bool, jobs: [JobRecord], targets: [Target]) {
        self.wasCleanlyStopped = wasCleanlyStopped
        self.jobs = jobs
        self.targets = targets
    }
}
