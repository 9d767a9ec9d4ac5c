import Glibc
import ImportWatch

/// A state in a SQLite file whose daemon does not run; the lock is held until the value goes.
final class SQLiteStoppedState: StoppedState {
    private let database: Database
    private let lock: StateLock
    private let purpose: StatePurpose
    private let ledger: DeliveryLedger

    init(path: String, for purpose: StatePurpose = .reading) throws(StateStoreError) {
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

    func summary() throws(StateStoreError) -> StoppedSummary {
        StoppedSummary(wasCleanlyStopped: lock.wasCleanlyStopped, jobs: try jobs(), targets: try targets())
    }

    func deliveries(_ filter: DeliveryFilter) throws(StateStoreError) -> DeliveryList {
        try ledger.deliveries(filter)
    }

    func replay(_ selection: ReplaySelection, at time: WallTime) throws(StateStoreError) -> Int {
        var count = 0
        try database.transaction { () throws(StateStoreError) in
            count = try ledger.replay(selection, at: time).count
        }
        return count
    }

    private func jobs() throws(StateStoreError) -> [JobRecord] {
        var jobs: [JobRecord] = []
        try database.run(JobRow.select) { row in
            if let record = JobRow.record(row).record { jobs.append(record) }
        }
        return jobs
    }

    private func targets() throws(StateStoreError) -> [StoppedSummary.Target] {
        var targets: [StoppedSummary.Target] = []
        try database.run(
            """
            SELECT target, sum(state NOT IN ('delivered', 'dead')), sum(state = 'dead'),
                max(CASE WHEN state = 'delivered' AND typeof(ended_at) = 'integer' THEN ended_at END)
            FROM delivery GROUP BY target ORDER BY target
            """
        ) { row in
            let name = row.text(0) ?? ""
            targets.append(
                StoppedSummary.Target(
                    target: DeliveryTarget(column: name) ?? .webhook(name),
                    pending: Int(row.integer(1) ?? 0),
                    dead: Int(row.integer(2) ?? 0),
                    lastSuccess: row.integer(3).map(WallTime.init(clamping:))
                )
            )
        }
        return targets
    }
}
