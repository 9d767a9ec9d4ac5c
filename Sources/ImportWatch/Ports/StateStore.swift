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

    /// Puts a damaged state aside under a dated name, so that the next call begins a new one.
    ///
    /// - Returns: Where the damaged state lies now.
    func setAside(at time: WallTime) async throws(StateStoreError) -> String

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

    /// Makes a state.
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

/// Why the state could not be read or written.
public enum StateStoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another daemon holds the state.
    case inUse(path: String, pid: Int32?)
    /// There is no state, and none is begun.
    case missing(path: String)
    /// The file can't be opened, or its directory can't be written.
    case cannotOpen(path: String, reason: String)
    /// The file was written by a newer version of the program.
    case tooNew(path: String, version: Int, supported: Int)
    /// The file is damaged, or is no database.
    case corrupt(path: String, reason: String)
    /// There was a state, and now there is none.
    case lost(path: String, what: String)
    /// The file was taken away or cut under the running daemon.
    case gone(path: String, what: String)
    /// Something else than a file of ours lies where one should.
    case planted(path: String, what: String)
    /// The disk is full.
    case diskFull(path: String)
    /// A write has been under way for so long; it may still succeed.
    case slow(Duration)
    /// Anything else that the database reports.
    case failed(path: String, reason: String)

    /// Whether a new state has to be begun, with what lies in the old one's place put aside.
    public var asksForNewState: Bool {
        switch self {
        case .corrupt, .lost, .gone: true
        default: false
        }
    }

    /// One line for a person: what failed, where, and what to do.
    public var description: String {
        switch self {
        case .inUse(let path, let pid):
            "state \(path): in use by another importwatchd" + (pid.map { " (pid \($0))" } ?? "")
                + "; stop it, or give this one its own [state] path"
        case .missing(let path):
            "state \(path): there is none; has the daemon ever run with this configuration?"
        case .cannotOpen(let path, let reason):
            "state \(path): \(reason); make its directory writable for the daemon's user, or set [state] path"
        case .tooNew(let path, let version, let supported):
            "state \(path): schema version \(version) is newer than this program's \(supported); upgrade importwatchd"
        case .corrupt(let path, let reason):
            "state \(path): damaged (\(reason))"
        case .lost(let path, let what):
            "state \(path): \(what), though there was one before: jobs that are still listed and have ended are told "
                + "again, under the same IDs; notifications that were pending in it are lost"
        case .gone(let path, let what):
            "state \(path): \(what) while the daemon runs; all that it remembers goes to a new one"
        case .planted(let path, let what):
            "state \(path): is \(what), which importwatchd never makes there; see who did, and remove it"
        case .diskFull(let path):
            "state \(path): no space left on the disk; free some, nothing is acknowledged until then"
        case .slow(let time):
            "state: a write has been under way for \(time.inWords); is its disk slow, or gone?"
        case .failed(let path, let reason):
            "state \(path): \(reason)"
        }
    }
}
