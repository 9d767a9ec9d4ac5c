/// Where a state is kept, in whatever kind of store: the port by which daemon and tool use a store that they don't know.
///
/// Its description names it in entries, in the status and in errors.
public protocol StatePlace: Sendable, CustomStringConvertible {
    /// The same text whichever of its names a place is given by: client and daemon compare it.
    var identity: String { get }

    /// The file that holds the state, whose owner root's tool acts as; `nil` where a server holds it.
    var file: String? { get }

    /// The store of a daemon; nothing is opened before it is asked for something.
    func store() -> any StateStore & DeliveryArchive

    /// Opens a state whose daemon does not run; one that is missing is an error, and no new one is made.
    func stopped(for purpose: StatePurpose) throws(StateStoreError) -> any StoppedState

    /// What would keep a daemon from working here, found out as its user; `nil` where nothing does.
    func obstacle(for daemon: StateUser) -> StateStoreError?
}

/// What a tool is going to do with a state.
public enum StatePurpose: Sendable {
    /// To look into it; nothing is written.
    case reading
    /// To change it.
    case writing
}

/// The daemon that is to work with a state, as far as a tool knows it.
public struct StateUser {
    /// The user's name, in words.
    public var name: String
    /// The pid of the service's own daemon; `nil` where that can't be said, 0 where none runs.
    public var pid: Int32?
    /// A folder that there is once the daemon starts.
    public var futureFolder: String?
    /// Whether the service is shown a path read-only.
    public var isReadOnly: (String) -> Bool

    public init(name: String, pid: Int32?, futureFolder: String?, isReadOnly: @escaping (String) -> Bool) {
        self.name = name
        self.pid = pid
        self.futureFolder = futureFolder
        self.isReadOnly = isReadOnly
    }
}
