import Glibc
import ImportWatch

/// Keeps jobs, events and the outbox in a SQLite file: write-ahead log, every commit on disk before it returns.
public actor SQLiteStore: StateStore {
    /// Where the file lies.
    public let path: String
    private let executor = QueueExecutor(label: "importwatchd.state")
    private var database: Database?
    private var lock: StateLock?

    /// The queue that every call runs on.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Names the file; nothing is opened before ``load()``.
    public init(path: String) {
        self.path = path
    }

    /// Takes the lock, opens the file (making it and its directory where they are missing), brings its schema up to date
    /// and reads jobs and pending deliveries.
    public func load() throws(StateStoreError) -> StoredState {
        let database = try opened()
        var state = StoredState()
        state.jobs.reserveCapacity(Int(try database.integer("SELECT count(*) FROM job")))
        try database.run(JobRow.select) { row in
            if let record = JobRow.record(row) { state.jobs.append(record) }
        }
        try database.run(
            """
            SELECT d.target, d.attempts, d.last_attempt_at, d.next_attempt_at, \(Self.eventColumns)
            FROM delivery d JOIN event e ON e.id = d.event_id WHERE d.state = 'pending' ORDER BY e.number
            """
        ) { row in
            guard let target = row.text(0).flatMap(DeliveryTarget.init(column:)),
                let event = EventRow.event(row, from: 4)
            else { return }
            var delivery = Delivery(event: event, target: target)
            delivery.attempts = Int(row.integer(1) ?? 0)
            delivery.lastAttemptAt = row.time(2)
            delivery.nextAttemptAt = row.time(3) ?? event.occurredAt
            state.pendingDeliveries.append(delivery)
        }
        return state
    }

    /// Writes a batch in one transaction.
    public func commit(_ batch: StateBatch) throws(StateStoreError) {
        let database = try opened()
        try database.transaction { () throws(StateStoreError) in
            for job in batch.jobs { try database.run(JobRow.upsert, JobRow.values(of: job)) }
            for new in batch.events { try Self.insert(new, into: database) }
            for attempt in batch.attempts { try Self.note(attempt, in: database) }
            for result in batch.results { try Self.note(result, in: database) }
            for key in batch.forgottenJobs {
                try database.run("DELETE FROM job WHERE region = ? AND id = ?", [.text(key.region), .text(key.id)])
            }
        }
    }

    /// Closes the file and notes in the lock that all is in good order.
    public func close() {
        guard let database else { return }
        try? database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.database = nil
        lock?.markStopped()
        lock = nil
    }

    // MARK: Opening

    private func opened() throws(StateStoreError) -> Database {
        if let database { return database }
        try makeDirectory()
        let lock: StateLock
        if let held = self.lock { lock = held } else { lock = try StateLock(statePath: path) }
        let mask = umask(0o077)
        defer { umask(mask) }
        let database = try Database(path: path)
        try database.execute("PRAGMA journal_mode = WAL")
        try database.execute("PRAGMA synchronous = FULL")
        try database.execute("PRAGMA foreign_keys = ON")
        if !lock.wasCleanlyStopped { try Self.check(database) }
        try Schema.migrate(database)
        self.lock = lock
        self.database = database
        return database
    }

    private static func check(_ database: Database) throws(StateStoreError) {
        var verdict = "no answer"
        try database.run("PRAGMA quick_check(1)") { verdict = $0.text(0) ?? verdict }
        guard verdict == "ok" else { throw .corrupt(path: database.path, reason: verdict) }
    }

    private func makeDirectory() throws(StateStoreError) {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return }
        let directory = String(path[..<slash])
        if mkdir(directory, 0o700) != 0, errno != EEXIST {
            throw .cannotOpen(path: path, reason: "\(directory): " + String(cString: strerror(errno)))
        }
    }

    // MARK: Writing

    private static let eventColumns = EventRow.columns.split(separator: ", ").map { "e.\($0)" }.joined(separator: ", ")

    private static let insertEvent = """
        INSERT INTO event (\(EventRow.columns)) VALUES (\(String(repeating: "?, ", count: EventRow.count - 1))?)
        ON CONFLICT (id) DO NOTHING
        """

    private static func insert(_ new: StateBatch.NewEvent, into database: Database) throws(StateStoreError) {
        let known = try database.integer("SELECT count(*) FROM event WHERE id = ?", [.text(new.event.id)])
        guard known == 0 else { return }
        try database.run(insertEvent, EventRow.values(of: new.event))
        for target in new.targets {
            try database.run(
                """
                INSERT INTO delivery (event_id, target, state, attempts, next_attempt_at)
                VALUES (?, ?, 'pending', 0, ?)
                """,
                [.text(new.event.id), .text(target.column), Value(new.event.occurredAt)]
            )
        }
    }

    private static func note(_ attempt: DeliveryAttempt, in database: Database) throws(StateStoreError) {
        try database.run(
            "UPDATE delivery SET attempts = ?, last_attempt_at = ? WHERE event_id = ? AND target = ?",
            [
                .integer(Int64(attempt.number)), Value(attempt.at), .text(attempt.key.eventID),
                .text(attempt.key.target.column),
            ]
        )
    }

    private static func note(_ result: DeliveryResult, in database: Database) throws(StateStoreError) {
        let state: String
        var next: WallTime?
        switch result.state {
        case .delivered: state = "delivered"
        case .dead: state = "dead"
        case .pending(let nextAttemptAt): (state, next) = ("pending", nextAttemptAt)
        }
        let key: [Value] = [.text(result.key.eventID), .text(result.key.target.column)]
        try database.run(
            """
            UPDATE delivery SET state = ?, next_attempt_at = coalesce(?, next_attempt_at), ended_at = ?,
                http_status = ?, problem = ? WHERE event_id = ? AND target = ?
            """,
            [
                .text(state), Value(next), Value(next == nil ? result.at : nil),
                Value(result.httpStatus.map(Int64.init)), Value(result.problem),
            ] + key
        )
        guard next == nil else { return }
        // The pre-signed address is a secret: it goes when nobody is left who may have it.
        try database.run(
            """
            UPDATE event SET failed_records_url = NULL WHERE id = ?1 AND failed_records_url IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM delivery WHERE event_id = ?1 AND state = 'pending')
            """,
            [.text(result.key.eventID)]
        )
    }
}
