import Glibc
import ImportWatch

/// A state whose daemon does not run, opened by a tool; daemons are kept away until the value goes.
public final class OfflineState {
    /// What a tool is going to do with a state.
    public enum Purpose: Sendable {
        /// To look into it; nothing is written.
        case reading
        /// To change it.
        case writing
    }

    /// Whether the last daemon stopped in good order.
    public var wasCleanlyStopped: Bool { lock.wasCleanlyStopped }
    private let database: Database
    private let lock: StateLock
    private let purpose: Purpose
    private let ledger: DeliveryLedger

    /// Opens the file; one that is missing is an error, and no new one is made.
    public init(path: String, for purpose: Purpose = .reading) throws(StateStoreError) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { throw .missing(path: path) }
            throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
        }
        // SQLite waits at a pipe in place of its journal.
        for suffix in ["", "-wal", "-shm", "-journal"] { try StateFile.check(path + suffix) }
        guard status.st_size > 0 else { throw .lost(path: path, what: "is empty") }
        self.purpose = purpose
        switch purpose {
        case .reading:
            lock = try StateLock(readingBeside: path)
            database = try Database(path: path, access: Self.hasLog(path) ? .readingWithLog : .readingUnchanged)
        case .writing:
            lock = try StateLock(statePath: path)
            try lock.markBegun()
            database = try Database(path: path, access: .writing)
            try database.execute("PRAGMA foreign_keys = ON")
            try Schema.migrate(database)
        }
        let version = Int(try database.integer("PRAGMA user_version"))
        guard version <= Schema.steps.count else {
            throw .tooNew(path: path, version: version, supported: Schema.steps.count)
        }
        guard version > 0 else { throw .lost(path: path, what: "holds no tables") }
        ledger = DeliveryLedger(database: database, version: version)
    }

    deinit {
        // After a crash the next daemon has to check the file as it would have.
        if purpose == .writing, lock.wasCleanlyStopped { lock.markStopped() }
    }

    /// Whether commits lie in the log, as after a crash.
    private static func hasLog(_ path: String) -> Bool {
        var status = stat()
        return lstat(path + "-wal", &status) == 0 && status.st_size > 0
    }

    /// The deliveries that a filter lets through, the newest event's first.
    public func deliveries(_ filter: DeliveryFilter) throws(StateStoreError) -> DeliveryList {
        try ledger.deliveries(filter)
    }

    /// Makes webhook deliveries pending, for the daemon's next start; answers how many.
    public func replay(_ selection: ReplaySelection, at time: WallTime) throws(StateStoreError) -> Int {
        var count = 0
        try database.transaction { () throws(StateStoreError) in
            count = try ledger.replay(selection, at: time).count
        }
        return count
    }

    /// Every job that is remembered and can be read.
    public func jobs() throws(StateStoreError) -> [JobRecord] {
        var jobs: [JobRecord] = []
        try database.run(JobRow.select) { row in
            if let record = JobRow.record(row).record { jobs.append(record) }
        }
        return jobs
    }

    /// How many deliveries each target has pending, and when one last arrived.
    ///
    /// What neither arrived nor was given up counts as pending, also where this program can't read it.
    public func targets() throws(StateStoreError) -> [(
        target: DeliveryTarget, pending: Int, dead: Int, lastSuccess: WallTime?
    )] {
        var targets: [(DeliveryTarget, Int, Int, WallTime?)] = []
        try database.run(
            """
            SELECT target, sum(state NOT IN ('delivered', 'dead')), sum(state = 'dead'),
                max(CASE WHEN state = 'delivered' AND typeof(ended_at) = 'integer' THEN ended_at END)
            FROM delivery GROUP BY target ORDER BY target
            """
        ) { row in
            let name = row.text(0) ?? ""
            let target = DeliveryTarget(column: name) ?? .webhook(name)
            targets.append(
                (
                    target, Int(row.integer(1) ?? 0), Int(row.integer(2) ?? 0),
                    row.integer(3).map(WallTime.init(clamping:))
                )
            )
        }
        return targets
    }
}
