/// Decides what becomes of events from the moment they are told: which targets are to have them, which attempt is made
/// when, and what is to be put on disk for that.
///
/// Nothing is sent before the event and the attempt are on disk. An event that is told again, after a commit whose answer
/// was lost, after its job was listed again or under another source's name, has the deliveries that the state has for it.
public struct Outbox: Sendable {
    private struct Channel: Sendable {
        var schedule: DeliverySchedule
        var events: Set<EventType>
        var keepsFailedRecordsURL: Bool
    }

    private var channels: [DeliveryTarget: Channel] = [:]
    /// Targets that are not in force: they wait to come back, but for the outcomes of attempts under way.
    private var retired: [DeliveryTarget: DeliverySchedule] = [:]
    /// Attempts on their way to the disk.
    private var handedOut: [Delivery.Key: DeliverySchedule.Attempt] = [:]
    /// Deliveries that have ended, but for the state.
    private var endedUnrecorded: Set<Delivery.Key> = []
    /// Deliveries in the state that can't be read, and wait there.
    public var unreadable = 0
    /// Deliveries that were given up, by target.
    public var dead: [DeliveryTarget: Int] = [:]

    /// Makes an outbox without targets.
    public init() {}

    // MARK: Targets

    /// Puts a target in force, or other settings for one that is in force already.
    ///
    /// - Parameters:
    ///   - events: Which events it is to have.
    ///   - keepsFailedRecordsURL: Whether it is to have the pre-signed address of failed records.
    public mutating func setTarget(
        _ target: DeliveryTarget,
        events: Set<EventType> = Set(EventType.allCases),
        keepsFailedRecordsURL: Bool = false,
        concurrency: Int,
        retries: RetrySchedule
    ) {
        var schedule =
            channels[target]?.schedule ?? retired.removeValue(forKey: target)
            ?? DeliverySchedule(target: target, concurrency: concurrency, retries: retries)
        schedule.configure(concurrency: concurrency, retries: retries)
        channels[target] = Channel(schedule: schedule, events: events, keepsFailedRecordsURL: keepsFailedRecordsURL)
    }

    /// Takes every target out of force that isn't in `targets`; its deliveries are kept for when it comes back.
    public mutating func keepTargets(_ targets: Set<DeliveryTarget>) {
        for (target, channel) in channels where !targets.contains(target) {
            channels[target] = nil
            retired[target] = channel.schedule
        }
    }

    /// The entries that say which deliveries wait for a webhook that is not configured.
    public var orphanReports: [JournalEntry] {
        retired.compactMap { target, schedule in
            guard case .webhook(let name) = target, schedule.pendingCount > 0 else { return nil }
            return .orphaned(webhook: name, count: schedule.pendingCount)
        }
    }

    /// The targets in force, for a report.
    public var schedules: [DeliverySchedule] { channels.values.map(\.schedule) }

    /// The record of a delivery that waits, with the time at which it can really go out next.
    public func withExpectedAttempt(_ record: DeliveryRecord, now: MonotonicInstant, wall: WallTime) -> DeliveryRecord {
        guard record.state == .pending else { return record }
        var record = record
        let next = channels[record.delivery.target]?.schedule
            .expectedAttempt(of: record.delivery, now: now, wall: wall)
        record.isHeldBack = next == nil
        if let next { record.delivery.nextAttemptAt = next }
        return record
    }

    /// Deliveries that have neither arrived nor been given up, the journal's not counted.
    public var pendingCount: Int {
        schedules.reduce(unreadable) { $0 + ($1.target == .journal ? 0 : $1.pendingCount) }
    }

    /// Attempts under way.
    public var inFlightCount: Int { (schedules + retired.values).reduce(0) { $0 + $1.inFlight } }

    /// Every delivery that has neither arrived nor been given up, whether its target is in force or not.
    public var pendingDeliveries: [Delivery] { (schedules + retired.values).flatMap(\.pendingDeliveries) }

    // MARK: Events and deliveries

    /// Takes on the deliveries that were pending when the daemon stopped.
    public mutating func restore(_ deliveries: [Delivery], now: MonotonicInstant, wall: WallTime) {
        for (target, waiting) in Dictionary(grouping: deliveries, by: \.target) {
            change(target) { $0.add(waiting, now: now, wall: wall) }
        }
    }

    /// Has deliveries sent again that the state made pending anew.
    ///
    /// - Parameter ifStillPending: Whether those are left out that have ended meanwhile, which the state doesn't know yet.
    public mutating func replay(
        _ deliveries: [Delivery],
        ifStillPending: Bool,
        now: MonotonicInstant,
        wall: WallTime
    ) {
        let wanted = deliveries.filter { !ifStillPending || !endedUnrecorded.contains($0.key) }
        for (target, replayed) in Dictionary(grouping: wanted, by: \.target) {
            change(target) { $0.replay(replayed, now: now, wall: wall) }
        }
    }

    /// What is to be put on disk of an event: itself, with a delivery for each target in force that wants it.
    public func tell(_ event: JobEvent) -> StateBatch.NewEvent {
        var event = event
        let wanting = channels.filter { $0.value.events.contains(event.type) }
        if !wanting.values.contains(where: \.keepsFailedRecordsURL) { event.job.failure?.failedRecordsURL = nil }
        return StateBatch.NewEvent(event: event, targets: Array(wanting.keys))
    }

    /// The attempts that are due, which are to be put on disk.
    public mutating func dueAttempts(now: MonotonicInstant, wall: WallTime) -> [DeliveryAttempt] {
        var records: [DeliveryAttempt] = []
        for target in channels.keys {
            for attempt in channels[target]?.schedule.dueAttempts(now: now, wall: wall) ?? [] {
                handedOut[attempt.record.key] = attempt
                records.append(attempt.record)
            }
        }
        return records
    }

    /// When ``dueAttempts(now:wall:)`` is to be called next.
    public func nextAttempt(now: MonotonicInstant) -> MonotonicInstant? {
        channels.values.compactMap { $0.schedule.nextAttempt(now: now) }.min()
    }

    /// Notes that a batch is on disk; answers what is to be sent now.
    ///
    /// - Parameter pending: The deliveries that the state has pending for the batch's events.
    public mutating func committed(
        _ batch: StateBatch,
        pending: [Delivery],
        now: MonotonicInstant,
        wall: WallTime
    ) -> [Delivery] {
        for result in batch.results { endedUnrecorded.remove(result.key) }
        // What ended while the batch was being written is pending only for a state that does not know yet.
        restore(pending.filter { !endedUnrecorded.contains($0.key) }, now: now, wall: wall)
        return batch.attempts.compactMap { record in
            guard let attempt = handedOut.removeValue(forKey: record.key) else { return nil }
            if channels[record.key.target] != nil { return attempt.delivery }
            change(record.key.target) { $0.withdraw(attempt, now: now) }
            return nil
        }
    }

    /// Notes that a batch could not be written: its attempts are not made.
    public mutating func failed(_ batch: StateBatch, now: MonotonicInstant) {
        for record in batch.attempts {
            guard let attempt = handedOut.removeValue(forKey: record.key) else { continue }
            change(record.key.target) { $0.withdraw(attempt, now: now) }
        }
    }

    /// Notes the outcome of an attempt; answers what is to be put on disk and said.
    public mutating func finished(
        _ key: Delivery.Key,
        _ outcome: NotificationOutcome,
        now: MonotonicInstant,
        wall: WallTime,
        using generator: inout some RandomNumberGenerator
    ) -> [DeliverySchedule.Action] {
        let actions = change(key.target) {
            $0.finish(key, outcome: outcome, now: now, wall: wall, using: &generator)
        }
        for case .record(let result) in actions {
            switch result.state {
            case .pending: break
            case .delivered: endedUnrecorded.insert(key)
            case .dead:
                endedUnrecorded.insert(key)
                dead[key.target, default: 0] += 1
            }
        }
        return actions
    }

    /// Changes the schedule of a target, in force or not.
    private mutating func change<Result>(
        _ target: DeliveryTarget,
        _ body: (inout DeliverySchedule) -> Result
    ) -> Result {
        if let index = channels.index(forKey: target) { return body(&channels.values[index].schedule) }
        return body(&retired[target, default: DeliverySchedule(target: target, concurrency: 1, retries: .journal)])
    }
}
