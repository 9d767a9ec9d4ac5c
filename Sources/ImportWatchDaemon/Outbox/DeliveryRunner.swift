import Crypto
import ImportWatch
import Platform

/// Performs what the ``Outbox`` decides: hands attempts to the disk, and from there to the notifiers of their targets.
final class DeliveryRunner {
    /// Called when something changed outside a turn of the loop, so that one is needed.
    var onChange: () -> Void = {}

    private(set) var outbox = Outbox()
    private let writer: StateWriter
    private let reporter: Reporter
    private let clock: SystemClock
    private var random = SystemRandom()
    private var notifiers: [DeliveryTarget: any Notifier] = [:]

    init(writer: StateWriter, reporter: Reporter, clock: SystemClock) {
        self.writer = writer
        self.reporter = reporter
        self.clock = clock
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
        notifiers[target] = notifier
        outbox.setTarget(
            target,
            events: events,
            keepsFailedRecordsURL: keepsFailedRecordsURL,
            concurrency: concurrency,
            retries: retries
        )
    }

    /// Takes every target out of force that isn't in `targets`.
    func keepTargets(_ targets: Set<DeliveryTarget>) {
        outbox.keepTargets(targets)
        notifiers = notifiers.filter { targets.contains($0.key) }
    }

    /// Says which deliveries wait for a webhook that is not configured.
    func reportOrphans() {
        for entry in outbox.orphanReports { reporter.report(entry) }
    }

    /// Notes how many deliveries were given up, by target.
    func setDead(_ dead: [DeliveryTarget: Int]) {
        outbox.dead = dead
    }

    /// Notes how many deliveries wait in the state that can't be read.
    func setUnreadable(_ count: Int) {
        outbox.unreadable = count
    }

    // MARK: Events and deliveries

    /// Takes on the deliveries that were pending when the daemon stopped.
    func restore(_ deliveries: [Delivery]) {
        outbox.restore(deliveries, now: clock.now(), wall: clock.wall())
    }

    /// Sends deliveries again that the state made pending anew.
    func replay(_ deliveries: [Delivery], ifStillPending: Bool) {
        outbox.replay(deliveries, ifStillPending: ifStillPending, now: clock.now(), wall: clock.wall())
        onChange()
    }

    /// Takes on an event: it is put on disk with a delivery for each target that wants it.
    func tell(_ outcome: JobOutcome) {
        let new = outbox.tell(outcome.event(digest: Digest.sha256))
        writer.add { $0.note(new) }
    }

    /// Puts the attempts that are due on their way to the disk, and from there to their targets.
    func turn() {
        for record in outbox.dueAttempts(now: clock.now(), wall: clock.wall()) { writer.add { $0.note(record) } }
    }

    /// When ``turn()`` is to be called next.
    func nextTurn(now: MonotonicInstant) -> MonotonicInstant? {
        outbox.nextAttempt(now: now)
    }

    /// Sends what is on disk with a batch.
    func committed(_ batch: StateBatch, pending: [Delivery]) {
        let sent = outbox.committed(batch, pending: pending, now: clock.now(), wall: clock.wall())
        for delivery in sent {
            notifiers[delivery.target]?.deliver(delivery) { [weak self] in self?.finished(delivery.key, $0) }
        }
        onChange()
    }

    /// Notes that a batch could not be written.
    func failed(_ batch: StateBatch) {
        outbox.failed(batch, now: clock.now())
        onChange()
    }

    private func finished(_ key: Delivery.Key, _ outcome: NotificationOutcome) {
        for action in outbox.finished(key, outcome, now: clock.now(), wall: clock.wall(), using: &random) {
            switch action {
            case .record(let result): writer.add { $0.note(result) }
            case .report(let entry): reporter.report(entry)
            }
        }
        onChange()
    }
}
