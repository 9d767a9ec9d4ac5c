import Glibc
import ImportWatch

/// A state whose daemon does not run, opened by a tool; it is locked until the value goes.
public final class OfflineState {
    /// Whether the last daemon stopped in good order.
    public var wasCleanlyStopped: Bool { lock.wasCleanlyStopped }
    private let database: Database
    private let lock: StateLock

    /// Opens the file; one that is missing is an error, and no new one is made.
    public init(path: String) throws(StateStoreError) {
        guard access(path, F_OK) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { throw .missing(path: path) }
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        lock = try StateLock(statePath: path)
        database = try Database(path: path)
        try database.execute("PRAGMA foreign_keys = ON")
        try Schema.migrate(database)
    }

    deinit {
        // After a crash the next daemon has to check the file as it would have.
        if lock.wasCleanlyStopped { lock.markStopped() }
    }

    /// The deliveries that a filter lets through, the newest event's first.
    public func deliveries(_ filter: DeliveryFilter) throws(StateStoreError) -> [DeliveryRecord] {
        try DeliveryLedger(database: database).deliveries(filter)
    }

    /// Makes webhook deliveries pending, for the daemon's next start; answers how many.
    public func replay(_ selection: ReplaySelection, at time: WallTime) throws(StateStoreError) -> Int {
        var count = 0
        try database.transaction { () throws(StateStoreError) in
            count = try DeliveryLedger(database: database).replay(selection, at: time).count
        }
        return count
    }

    /// Every job that is remembered.
    public func jobs() throws(StateStoreError) -> [JobRecord] {
        var jobs: [JobRecord] = []
        try database.run(JobRow.select) { row in
            if let record = JobRow.record(row) { jobs.append(record) }
        }
        return jobs
    }

    /// How many deliveries each target has pending, and when one last arrived.
    public func targets() throws(StateStoreError) -> [(
        target: DeliveryTarget, pending: Int, dead: Int, lastSuccess: WallTime?
    )] {
        var targets: [(DeliveryTarget, Int, Int, WallTime?)] = []
        try database.run(
            """
            SELECT target, sum(state = 'pending'), sum(state = 'dead'), max(CASE state WHEN 'delivered' THEN ended_at END)
            FROM delivery GROUP BY target ORDER BY target
            """
        ) { row in
            guard let target = row.text(0).flatMap(DeliveryTarget.init(column:)) else { return }
            targets.append((target, Int(row.integer(1) ?? 0), Int(row.integer(2) ?? 0), row.time(3)))
        }
        return targets
    }
}
