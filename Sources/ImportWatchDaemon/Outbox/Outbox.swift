import Crypto
import ImportWatch

/// Carries events from the disk to their targets: nothing is sent before it, and its attempt, are on disk.
final class Outbox {
    private struct Channel {
        var schedule: DeliverySchedule
        var notifier: any Notifier
        var events: Set<EventType>
        var keepsFailedRecordsURL: Bool
    }

    /// Called when something changed outside a turn of the loop, so that one is needed.
    var onChange: () -> Void = {}

    private let writer: StateWriter
    private let reporter: Reporter
    private let clock: SystemClock
    private var random = SystemRandom()
    private var channels: [DeliveryTarget: Channel] = [:]
    /// Targets that are not in force: they wait to come back, but for the outcomes of attempts under way.
    private var retired: [DeliveryTarget: DeliverySchedule] = [:]
    /// Called when deliveries that were given up may have been forgotten.
    var onPruned: () -> Void = {}
    /// Deliveries that were given up, by target.
    var dead: [DeliveryTarget: Int] = [:]
    private var handedOut: [Delivery.Key: DeliverySchedule.Attempt] = [:]

    init(writer: StateWriter, reporter: Reporter, clock: SystemClock) {
        self.writer = writer
        self.reporter = reporter
        self.clock = clock
        writer.onCommitted = { [weak self] in self?.committed($0, known: $1) }
        writer.onFailed = { [weak self] in self?.failed($0) }
    }

    // MARK: Targets

    /// Puts a target in force, or other settings for one that is in force already.
    func setTarget(
        _ target: DeliveryTarget,
        notifier: any Notifier,
        events: Set<EventType> = Set(EventType.allCases),
        keepsFailedRecordsURL: Bool = false,
        concurrency: Int,
        retries: RetrySchedule
    ) {
        var schedule =
            channels[target]?.schedule ?? retired.removeValue(forKey: target)
            ?? DeliverySchedule(target: target, concurrency: concurrency, retries: retries)
        schedule.configure(concurrency: concurrency, retries: retries)
        channels[target] = Channel(
            schedule: schedule,
            notifier: notifier,
            events: events,
            keepsFailedRecordsURL: keepsFailedRecordsURL
        )
    }

    /// Takes every target out of force that isn't in `targets`; its deliveries are kept for when it comes back.
    func keepTargets(_ targets: Set<DeliveryTarget>) {
        for (target, channel) in channels where !targets.contains(target) {
            channels[target] = nil
            retired[target] = channel.schedule
        }
    }

    /// Says which deliveries wait for a webhook that is not configured.
    func reportOrphans() {
        for (target, schedule) in retired {
            guard case .webhook(let name) = target, schedule.pendingCount > 0 else { continue }
            reporter.report(DeliveryReports.orphaned(webhook: name, count: schedule.pendingCount))
        }
    }

    /// The targets in force, for a report.
    var schedules: [DeliverySchedule] { channels.values.map(\.schedule) }

    /// The record of a delivery that waits, with the time at which it can really go out next.
    func withExpectedAttempt(_ record: DeliveryRecord) -> DeliveryRecord {
        guard record.state == .pending else { return record }
        var record = record
        let next = channels[record.delivery.target]?.schedule
            .expectedAttempt(of: record.delivery, now: clock.now(), wall: clock.wall())
        record.isHeldBack = next == nil
        if let next { record.delivery.nextAttemptAt = next }
        return record
    }

    /// Deliveries that have neither arrived nor been given up, the journal's not counted.
    var pendingCount: Int {
        schedules.reduce(0) { $0 + ($1.target == .journal ? 0 : $1.pendingCount) }
    }

    /// Attempts under way.
    var inFlightCount: Int { (schedules + retired.values).reduce(0) { $0 + $1.inFlight } }

    // MARK: Events and deliveries

    /// Takes on the deliveries that were pending when the daemon stopped.
    func restore(_ deliveries: [Delivery], dead: [DeliveryTarget: Int]) {
        self.dead = dead
        for (target, waiting) in Dictionary(grouping: deliveries, by: \.target) {
            change(target) { $0.add(waiting, now: clock.now(), wall: clock.wall()) }
        }
    }

    /// Sends deliveries again that the state made pending anew.
    func replay(_ deliveries: [Delivery]) {
        for (target, replayed) in Dictionary(grouping: deliveries, by: \.target) {
            change(target) { $0.replay(replayed, now: clock.now(), wall: clock.wall()) }
        }
        onChange()
    }

    /// What a new state has to know of deliveries that have not ended.
    var everything: StateBatch {
        var batch = StateBatch()
        let pending = (schedules + retired.values).flatMap(\.pendingDeliveries)
        for (_, deliveries) in Dictionary(grouping: pending, by: \.event.id) {
            guard let event = deliveries.first?.event else { continue }
            batch.events.append(StateBatch.NewEvent(event: event, targets: deliveries.map(\.target)))
        }
        for delivery in pending {
            guard let at = delivery.lastAttemptAt else { continue }
            batch.attempts.append(DeliveryAttempt(key: delivery.key, number: delivery.attempts, at: at))
            let state = DeliveryResult.State.pending(nextAttemptAt: delivery.nextAttemptAt)
            batch.results.append(DeliveryResult(key: delivery.key, state: state, at: at))
        }
        return batch
    }

    /// Changes the schedule of a target, in force or not.
    private func change<Result>(_ target: DeliveryTarget, _ body: (inout DeliverySchedule) -> Result) -> Result {
        if let index = channels.index(forKey: target) { return body(&channels.values[index].schedule) }
        return body(
            &retired[target, default: DeliverySchedule(target: target, concurrency: 1, retries: .journal)]
        )
    }

    /// Takes on an event: it is put on disk with a delivery for each target that wants it.
    func tell(_ outcome: JobOutcome) {
        var event = outcome.event(digest: Digest.sha256)
        let wanting = channels.filter { $0.value.events.contains(event.type) }
        if !wanting.values.contains(where: \.keepsFailedRecordsURL) { event.job.failure?.failedRecordsURL = nil }
        writer.add { $0.events.append(StateBatch.NewEvent(event: event, targets: Array(wanting.keys))) }
    }

    /// Puts the attempts that are due on their way to the disk, and from there to their targets.
    func turn() {
        let (now, wall) = (clock.now(), clock.wall())
        for target in channels.keys {
            guard let attempts = channels[target]?.schedule.dueAttempts(now: now, wall: wall) else { continue }
            for attempt in attempts {
                handedOut[attempt.record.key] = attempt
                writer.add { $0.attempts.append(attempt.record) }
            }
        }
    }

    /// When ``turn()`` is to be called next.
    func nextTurn(now: MonotonicInstant) -> MonotonicInstant? {
        channels.values.compactMap { $0.schedule.nextAttempt(now: now) }.min()
    }

    private func committed(_ batch: StateBatch, known: Set<String>) {
        let (now, wall) = (clock.now(), clock.wall())
        for new in batch.events where !known.contains(new.event.id) {
            for target in new.targets {
                change(target) { $0.add([Delivery(event: new.event, target: target)], now: now, wall: wall) }
            }
        }
        for record in batch.attempts {
            guard let attempt = handedOut.removeValue(forKey: record.key) else { continue }
            guard let notifier = channels[record.key.target]?.notifier else {
                change(record.key.target) { $0.withdraw(attempt, now: now) }
                continue
            }
            notifier.deliver(attempt.delivery) { [weak self] in self?.finished(record.key, $0) }
        }
        if batch.pruning != nil { onPruned() }
        onChange()
    }

    private func failed(_ batch: StateBatch) {
        let now = clock.now()
        for record in batch.attempts {
            guard let attempt = handedOut.removeValue(forKey: record.key) else { continue }
            change(record.key.target) { $0.withdraw(attempt, now: now) }
        }
        onChange()
    }

    private func finished(_ key: Delivery.Key, _ outcome: NotificationOutcome) {
        let actions = change(key.target) { schedule in
            schedule.finish(key, outcome: outcome, now: clock.now(), wall: clock.wall(), using: &random)
        }
        for action in actions {
            switch action {
            case .record(let result):
                if result.state == .dead { dead[key.target, default: 0] += 1 }
                writer.add { $0.results.append(result) }
            case .report(let entry): reporter.report(entry)
            }
        }
        onChange()
    }
}
