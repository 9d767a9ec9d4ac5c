import Glibc
import ImportWatch

/// Keeps jobs, events and the outbox in a SQLite file: write-ahead log, every commit on disk before it returns.
public actor SQLiteStore: StateStore, DeliveryArchive {
    private let path: String
    private let executor = QueueExecutor(label: "importwatchd.state")
    private var database: Database?
    private var lock: StateLock?
    private var isChecked = false
    private var files: OpenedFiles?
    private var isSetAside = false

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
            switch JobRow.record(row) {
            case (let record?, _): state.jobs.append(record)
            case (nil, let problem): state.unreadable.noteJob(problem ?? "a job")
            }
        }
        try database.run("\(DeliveryRow.select()) WHERE \(DeliveryRow.isPending) ORDER BY e.number") { row in
            switch DeliveryRow.read(row) {
            case .success(let record): state.pendingDeliveries.append(record.delivery)
            case .failure(let delivery): state.unreadable.note(delivery)
            }
        }
        state.deadDeliveries = try DeliveryLedger(database: database).deadDeliveries()
        return state
    }

    /// Writes a batch in one transaction; answers the deliveries that are pending now for its events.
    @discardableResult
    public func commit(_ batch: StateBatch) throws(StateStoreError) -> [Delivery] {
        let database = try openedForWriting()
        var pending: [Delivery] = []
        try database.transaction { () throws(StateStoreError) in
            pending = try BatchWriter(database: database).write(batch)
        }
        return pending
    }

    /// Puts the file aside under a dated name, with what belongs to it; the next call begins a new one.
    public func beginAnew(at time: WallTime) throws(StateStoreError) -> String {
        database = nil
        files = nil
        isSetAside = true
        // Where the lock's file went with the state, its lock would keep nobody away.
        if lock?.isInPlace == false { lock = nil }
        var name = "\(path).damaged-\(time.basicISO8601)"
        while access(name, F_OK) == 0 { name += "-" }
        guard rename(path, name) == 0 || errno == ENOENT else {
            throw .cannotOpen(path: path, reason: "can't be renamed to \(name): " + String(cString: strerror(errno)))
        }
        for suffix in ["-wal", "-shm"] { rename(path + suffix, name + suffix) }
        DamagedStates.prune(statePath: path)
        return name
    }

    // MARK: Deliveries

    /// The deliveries that a filter lets through, the newest event's first.
    public func deliveries(_ filter: DeliveryFilter) throws(StateStoreError) -> DeliveryList {
        try DeliveryLedger(database: try opened()).deliveries(filter)
    }

    /// How many deliveries were given up, by target.
    public func deadDeliveries() throws(StateStoreError) -> [DeliveryTarget: Int] {
        try DeliveryLedger(database: try opened()).deadDeliveries()
    }

    /// Makes deliveries pending and due at once; answers them.
    public func replay(_ selection: ReplaySelection, at time: WallTime) throws(StateStoreError) -> [Delivery] {
        let database = try openedForWriting()
        var replayed: [Delivery] = []
        try database.transaction { () throws(StateStoreError) in
            replayed = try DeliveryLedger(database: database).replay(selection, at: time)
        }
        return replayed
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

    /// Whoever only reads may go on with what is open; but what is written to a file without a name would be lost, and a
    /// lock without a name keeps no other daemon away.
    private func openedForWriting() throws(StateStoreError) -> Database {
        let database = try opened()
        try files?.check()
        guard lock?.isInPlace != true else { return database }
        lock = nil
        let lock = try StateLock(statePath: path)
        try lock.markBegun()
        self.lock = lock
        return database
    }

    private func opened() throws(StateStoreError) -> Database {
        if let database { return database }
        try makeDirectory()
        let lock: StateLock
        if let held = self.lock { lock = held } else { lock = try StateLock(statePath: path) }
        // Held from here on, also while a damaged file is put aside.
        self.lock = lock
        if lock.hadState, !isSetAside { try OpenedFiles.checkBeforeOpening(path) }
        let mask = umask(0o077)
        defer { umask(mask) }
        let database = try Database(path: path)
        try database.execute("PRAGMA journal_mode = WAL")
        try database.execute("PRAGMA synchronous = FULL")
        try database.execute("PRAGMA foreign_keys = ON")
        if !lock.wasCleanlyStopped, !isChecked { try Self.check(database) }
        isChecked = true
        if lock.hadState, !isSetAside, try database.integer("PRAGMA user_version") == 0 {
            throw .lost(path: path, what: "holds no tables")
        }
        try Schema.migrate(database)
        try lock.markBegun()
        files = OpenedFiles(path: path)
        isSetAside = false
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
}
