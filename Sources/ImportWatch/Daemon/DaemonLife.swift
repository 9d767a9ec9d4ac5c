/// Where the daemon stands between its start and its end.
///
/// Legal transitions:
/// - `.starting` (the state is being read) → `.running`, by ``loaded()``; → `.ended`, by ``couldNotStart()``;
/// - `.starting` → `.starting` and `.running` → `.running`, by ``askForReload()``; `.running` → `.running`, by
///   ``finishReload()``, which only the reload that is under way may call;
/// - `.starting` or `.running` → `.stopping`, by ``stop(until:)``;
/// - `.stopping` → `.ended`, by ``end()``.
///
/// A signal comes when it likes, and a disk or a configuration may take longer than the daemon lives: what such a call is
/// about changes nothing in a phase that it comes too late for.
public enum DaemonLife: Hashable, Sendable {
    /// The state is being read; whether a reload is to follow at once.
    case starting(isReloadWanted: Bool)
    /// Everything is done that is due.
    case running(Reloads)
    /// What is under way has some time left to reach the disk; `wasRunning` is false where the state was never read.
    case stopping(until: MonotonicInstant, wasRunning: Bool)
    /// Nothing is done any more.
    case ended

    /// The reloads of a running daemon: one at a time.
    ///
    /// A reload reads the files at its begin, so a change that somebody made since then, and asks to be taken up, is seen
    /// only by another. All who ask during one share that other.
    public struct Reloads: Hashable, Sendable {
        /// The number of the reload that began last; 0 before the first.
        fileprivate var last = 0
        fileprivate var isUnderWay = false
        fileprivate var isNextWanted = false

        fileprivate mutating func begin() {
            last += 1
            (isUnderWay, isNextWanted) = (true, false)
        }
    }

    /// Which reload answers somebody who asked for one.
    public struct ReloadTurn: Hashable, Sendable {
        /// Its number, the same for all whom it answers.
        public var number: Int
        /// Whether it is to begin now.
        public var begins: Bool
    }

    /// Whether the state is still being read.
    public var isStarting: Bool {
        if case .starting = self { true } else { false }
    }

    /// Whether all is done that is due.
    public var isRunning: Bool {
        if case .running = self { true } else { false }
    }

    /// Whether the daemon stops, or has done so.
    public var isOver: Bool { !isStarting && !isRunning }

    /// Notes that the state was read.
    ///
    /// - Returns: Whether a reload begins now that was asked for meanwhile.
    mutating func loaded() -> Bool {
        guard case .starting(let isReloadWanted) = self else { return false }
        var reloads = Reloads()
        if isReloadWanted { reloads.begin() }
        self = .running(reloads)
        return isReloadWanted
    }

    /// Notes that the state can't be read; false where nobody needs to know any more.
    mutating func couldNotStart() -> Bool {
        guard isStarting else { return false }
        self = .ended
        return true
    }

    /// Notes that somebody asks for a reload.
    ///
    /// - Returns: Which one answers; `nil` where none will be done any more.
    mutating func askForReload() -> ReloadTurn? {
        switch self {
        case .starting:
            self = .starting(isReloadWanted: true)
            return ReloadTurn(number: 1, begins: false)
        case .running(var reloads):
            let begins = !reloads.isUnderWay
            if begins { reloads.begin() } else { reloads.isNextWanted = true }
            self = .running(reloads)
            return ReloadTurn(number: begins ? reloads.last : reloads.last + 1, begins: begins)
        case .stopping, .ended: return nil
        }
    }

    /// Notes that the reload under way is over.
    ///
    /// - Returns: Its number, and whether the next begins; `nil` where the daemon stopped meanwhile.
    mutating func finishReload() -> (number: Int, nextBegins: Bool)? {
        guard case .running(var reloads) = self else { return nil }
        precondition(reloads.isUnderWay, "a reload that did not begin, or ended before")
        let (number, nextBegins) = (reloads.last, reloads.isNextWanted)
        reloads.isUnderWay = false
        if nextBegins { reloads.begin() }
        self = .running(reloads)
        return (number, nextBegins)
    }

    /// Begins the stop; false where it has begun, or all is over.
    mutating func stop(until limit: MonotonicInstant) -> Bool {
        switch self {
        case .starting, .running:
            self = .stopping(until: limit, wasRunning: isRunning)
            return true
        case .stopping, .ended: return false
        }
    }

    /// Ends a stop.
    mutating func end() {
        guard case .stopping = self else { preconditionFailure("an end without a stop") }
        self = .ended
    }
}
