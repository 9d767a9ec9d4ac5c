/// Decides what the daemon does with what its sources bring: what reaches the disk when, what is sent then, what is said
/// and shown, and how the daemon starts and stops.
///
/// It does nothing itself: each call takes what happened and the time, and answers what is to be done. When a job is polled
/// is decided by its source's ``JobPoller``, whose actions come in by ``take(_:)``.
public struct DaemonCore: Sendable {
    /// What is to be done.
    public enum Action: Sendable {
        /// Write the batch, and call `committed` or `commitFailed` with it.
        case commit(StateBatch)
        /// Put the damaged state aside, and call `newStateBegun` or `newStateNotBegun`.
        case replaceState
        /// Make an attempt at the delivery, and call `finished` with its outcome.
        case send(Delivery)
        /// Write an entry.
        case report(JournalEntry)
        /// Count in the state which deliveries were given up, and call `setDead`.
        case countDead
        /// Write the metrics.
        case writeMetrics
        /// Show how the daemon stands, if the words of ``statusToShow(_:now:)`` are new.
        case showStatus
        /// Read the configuration anew, and call `finishReload`.
        case beginReload
        /// Have a turn follow the callbacks that are under way, so that what they leave goes in one transaction.
        case turnSoon
        /// Have the next turn at this time; `nil` where only a call can bring one about.
        case wake(at: MonotonicInstant?)
        /// Close everything and end the process.
        case end(wasRunning: Bool)
    }

    /// How long what is under way may take at a stop; nothing holds that up, not even a disk that hangs, and what is
    /// not on disk then is asked for or sent again.
    static let stopTime = Duration.milliseconds(500)
    /// A shorter sleep of the machine lets no burst of polls through.
    static let shortestSleep = Duration.seconds(1)

    /// Where the daemon stands.
    public private(set) var life = DaemonLife.starting(isReloadWanted: false)
    /// What is told, and to whom.
    public private(set) var outbox = Outbox()
    private var commits = CommitSchedule()
    private var counters: CounterSchedule
    private var pruner: StatePruner
    private var keep = Duration.zero
    private var metrics = MetricsSchedule()
    private var writesMetrics = false
    private var statusLine = StatusLine()
    private var slept: Duration

    /// Makes the core of a daemon that begins to read its state.
    ///
    /// - Parameter slept: How long the machine has slept since it booted.
    public init(now: MonotonicInstant, wall: WallTime, slept: Duration) {
        counters = CounterSchedule(now: now)
        pruner = StatePruner(now: now, wall: wall)
        self.slept = slept
    }

    /// Why the state can't be written; `nil` where it can.
    public var stateProblem: StateStoreError? { commits.problem }

    // MARK: Start and configuration

    /// Takes a configuration's targets and times in force.
    ///
    /// - Parameters:
    ///   - keep: How long finished jobs and ended deliveries are remembered.
    ///   - writesMetrics: Whether there is a file for metrics.
    public mutating func configure(
        targets: [DeliveryTarget: TargetSettings],
        keep: Duration,
        writesMetrics: Bool
    ) {
        outbox.setTargets(targets)
        self.keep = keep
        self.writesMetrics = writesMetrics
        metrics.changed()
    }

    /// Takes on what the state remembers of deliveries, once the configuration is in force; from here on the daemon runs.
    public mutating func loaded(_ state: StoredState, now: MonotonicInstant, wall: WallTime) -> [Action] {
        guard life.isStarting else { return [] }
        outbox.dead = state.deadDeliveries
        outbox.unreadable = state.unreadable.deliveries
        outbox.restore(state.pendingDeliveries, now: now, wall: wall)
        return outbox.orphanReports.map(Action.report) + (life.loaded() ? [.beginReload] : [])
    }

    /// Notes that the state can't be read; false where the daemon stops anyway.
    public mutating func couldNotStart() -> Bool { life.couldNotStart() }

    /// Notes that somebody asks for a reload; answers which one is theirs, or `nil` where the daemon stops.
    public mutating func askForReload() -> DaemonLife.ReloadTurn? { life.askForReload() }

    /// Notes that the reload under way is over; answers its number, and whether the next begins.
    public mutating func finishReload() -> (number: Int, nextBegins: Bool)? { life.finishReload() }

    // MARK: Turns

    /// Whether the machine slept since the last call.
    ///
    /// - Parameter total: How long it has slept since it booted.
    public mutating func noticeSleep(_ total: Duration) -> Bool {
        defer { slept = total }
        return total - slept > Self.shortestSleep
    }

    /// Does what is due, after the sources had their turn.
    ///
    /// - Parameters:
    ///   - nextPoll: When a source is to have its next turn.
    ///   - unsaved: Takes from the sources the records whose counters changed; `nil` where there are none.
    ///   - listed: The jobs that the sources have.
    public mutating func turn(
        nextPoll: MonotonicInstant?,
        unsaved: (() -> [JobRecord])?,
        listed: () -> Set<JobKey>,
        now: MonotonicInstant,
        wall: WallTime
    ) -> [Action] {
        guard life.isRunning else { return endIfDone(now: now) }
        for attempt in outbox.dueAttempts(now: now, wall: wall) { commits.add { $0.note(attempt) } }
        if let unsaved, commits.hasWork || counters.next <= now { save(unsaved(), now: now) }
        var actions = [commits.noteSlowness(now: now)].compactMap { $0.map(Action.report) }
        actions += commit(listed: listed, now: now, wall: wall)
        if writesMetrics, metrics.isDue(now: now) { actions.append(.writeMetrics) }
        let statusChance = statusLine.waitsUntil(now: now)
        if statusChance == nil { actions.append(.showStatus) }
        let deadlines = [
            nextPoll, outbox.nextAttempt(now: now), commits.next(pruning: pruner.next),
            unsaved == nil ? nil : counters.next, statusChance, writesMetrics ? metrics.next : nil,
        ]
        return actions + [.wake(at: deadlines.compactMap { $0 }.min())]
    }

    /// The line to show, if its words changed and it is time for one.
    public mutating func statusToShow(_ line: String, now: MonotonicInstant) -> String? {
        statusLine.due(line, now: now)
    }

    /// Notes that something changed which metrics and the status line show.
    public mutating func noteChange() -> [Action] {
        metrics.changed()
        return life.isRunning ? [.turnSoon] : []
    }

    // MARK: What sources bring

    /// Takes what is to be done after a poll's result or a change of the list.
    public mutating func take(_ results: [JobPoller.Action]) -> [Action] {
        var actions: [Action] = []
        for result in results {
            switch result {
            case .save(let record): commits.add { $0.note(record) }
            case .tell(let event):
                let new = outbox.tell(event)
                commits.add { $0.note(new) }
            case .report(let entry): actions.append(.report(entry))
            }
        }
        return actions + noteChange()
    }

    private mutating func save(_ records: [JobRecord], now: MonotonicInstant) {
        counters.saved(now: now)
        commits.add { batch in for record in records { batch.note(record) } }
    }

    // MARK: What the disk answers

    private mutating func commit(listed: () -> Set<JobKey>, now: MonotonicInstant, wall: WallTime) -> [Action] {
        guard var batch = commits.begin(isPruningDue: pruner.isDue(now: now), now: now) else { return [] }
        batch.pruning = pruner.due(now: now, wall: wall, keep: keep, listed: listed)
        return [.commit(batch)]
    }

    /// Notes that a batch is on disk.
    ///
    /// - Parameter pending: The deliveries that the state has pending for the batch's events.
    public mutating func committed(
        _ batch: StateBatch,
        pending: [Delivery],
        now: MonotonicInstant,
        wall: WallTime
    ) -> [Action] {
        let entry = commits.succeeded(now: now)
        let sent = outbox.committed(batch, pending: pending, now: now, wall: wall)
        guard life != .ended else { return [] }
        return (entry.map { [.report($0)] } ?? []) + sent.map(Action.send)
            + (batch.pruning == nil ? [] : [.countDead]) + goOn(now: now)
    }

    /// Notes that a batch could not be written.
    public mutating func commitFailed(
        _ batch: StateBatch,
        _ error: StateStoreError,
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) -> [Action] {
        if batch.pruning != nil { pruner.failed(now: now) }
        outbox.failed(batch, now: now)
        switch commits.failed(error, now: now, using: &generator) {
        case .replace: return [.replaceState]
        case .triedAgain(let entry): return (entry.map { [.report($0)] } ?? []) + goOn(now: now)
        }
    }

    /// Notes that a new state was begun in the place of a damaged one; it is given all that is remembered.
    ///
    /// - Parameters:
    ///   - name: Where the old one is now.
    ///   - jobs: The record of each listed job.
    public mutating func newStateBegun(setAside name: String, jobs: [JobRecord], now: MonotonicInstant) -> [Action] {
        let damage = commits.replaced(with: StateBatch(jobs: jobs, restored: outbox.pendingDeliveries))
        return [.report(.stateSetAside(damage, name: name))] + goOn(now: now)
    }

    /// Notes that the damaged state could not be put aside.
    public mutating func newStateNotBegun(
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) -> [Action] {
        let entry = commits.notReplaced(now: now, using: &generator)
        return (entry.map { [.report($0)] } ?? []) + goOn(now: now)
    }

    /// Notes how many deliveries were given up, by target.
    public mutating func setDead(_ dead: [DeliveryTarget: Int]) {
        outbox.dead = dead
    }

    // MARK: What targets answer

    /// Notes the outcome of an attempt.
    public mutating func finished(
        _ key: Delivery.Key,
        _ outcome: NotificationOutcome,
        now: MonotonicInstant,
        wall: WallTime,
        using generator: inout some RandomNumberGenerator
    ) -> [Action] {
        var actions: [Action] = []
        for action in outbox.finished(key, outcome, now: now, wall: wall, using: &generator) {
            switch action {
            case .record(let result): commits.add { $0.note(result) }
            case .report(let entry): actions.append(.report(entry))
            }
        }
        return actions + goOn(now: now)
    }

    /// Has deliveries sent again that the state made pending anew.
    ///
    /// - Parameter ifStillPending: Whether those are left out that have ended meanwhile, which the state doesn't know yet.
    public mutating func replay(
        _ deliveries: [Delivery],
        ifStillPending: Bool,
        now: MonotonicInstant,
        wall: WallTime
    ) -> [Action] {
        outbox.replay(deliveries, ifStillPending: ifStillPending, now: now, wall: wall)
        return noteChange() + [.countDead]
    }

    // MARK: Stop

    /// Begins the stop: what is under way has a moment left, and what is known goes to the disk.
    ///
    /// - Parameter unsaved: The records whose counters changed.
    public mutating func stop(unsaved: [JobRecord], now: MonotonicInstant) -> [Action] {
        let limit = now.advanced(by: Self.stopTime)
        guard life.stop(until: limit) else { return [] }
        save(unsaved, now: now)
        commits.stop()
        return [.wake(at: limit)] + goOn(now: now)
    }

    /// What follows a change: the next turn, or at a stop the next commit, and the end once nothing is under way.
    private mutating func goOn(now: MonotonicInstant) -> [Action] {
        guard case .stopping(_, wasRunning: true) = life else { return noteChange() + endIfDone(now: now) }
        // A state that was never read is not written either.
        let batch = commits.begin(isPruningDue: false, now: now)
        return (batch.map { [.commit($0)] } ?? []) + endIfDone(now: now)
    }

    private mutating func endIfDone(now: MonotonicInstant) -> [Action] {
        guard case .stopping(let limit, let wasRunning) = life else { return [] }
        guard !wasRunning || now >= limit || (!commits.hasWork && outbox.inFlightCount == 0) else { return [] }
        life.end()
        return [.end(wasRunning: wasRunning)]
    }
}
