import HeapModule

/// Decides for one target which delivery is attempted when, and what an attempt's outcome means.
///
/// It sends nothing itself: ``dueAttempts(now:wall:)`` hands out attempts, which are put on disk before they are sent, and
/// ``finish(_:outcome:now:wall:using:)`` takes their outcomes. One target's trouble never delays another's deliveries.
public struct DeliverySchedule: Sendable {
    /// An attempt that is to be put on disk and then sent.
    public struct Attempt: Hashable, Sendable {
        /// The record to put on disk before anything is sent.
        public var record: DeliveryAttempt
        /// What to send.
        public var delivery: Delivery
    }

    /// What is to be done after an outcome.
    public enum Action: Hashable, Sendable {
        /// Put the result on disk with the next transaction.
        case record(DeliveryResult)
        /// Write an entry about the target or a dead letter.
        case report(JournalEntry)
    }

    private struct Entry: Comparable, Sendable {
        var due: MonotonicInstant
        var order: UInt64
        var key: Delivery.Key

        static func < (lhs: Entry, rhs: Entry) -> Bool {
            lhs.due == rhs.due ? lhs.order < rhs.order : lhs.due < rhs.due
        }

        static func == (lhs: Entry, rhs: Entry) -> Bool {
            lhs.due == rhs.due && lhs.order == rhs.order
        }
    }

    /// Where the deliveries go.
    public let target: DeliveryTarget
    /// The most attempts under way at once.
    public private(set) var concurrency: Int
    /// When failed deliveries are tried again.
    public private(set) var retries: RetrySchedule
    /// Whether the target takes notifications.
    public private(set) var health: TargetHealth
    /// When the target last took a notification, since the start.
    public private(set) var lastSuccess: WallTime?
    /// What became of attempts since the start.
    public private(set) var statistics = DeliveryStatistics()
    /// Attempts under way.
    public private(set) var inFlight = 0
    private var deliveries: [Delivery.Key: Delivery] = [:]
    /// When the time began after which a delivery is given up, on the clock that only goes on: a step of the other one
    /// ends nothing.
    private var begunAt: [Delivery.Key: MonotonicInstant] = [:]
    private var queue = Heap<Entry>()
    private var order: UInt64 = 0
    private var orders: [Delivery.Key: UInt64] = [:]
    private var handedOut: Set<Delivery.Key> = []
    /// The attempt that shows whether a tripped target takes notifications again.
    private var probe: Delivery.Key?
    /// Deliveries whose last attempt a crash cut off: nobody knows that it failed, so no wait grows for it.
    private var cutOff: Set<Delivery.Key> = []

    /// How many deliveries have neither arrived nor been given up.
    public var pendingCount: Int { deliveries.count }

    /// The deliveries that have neither arrived nor been given up.
    public var pendingDeliveries: [Delivery] { Array(deliveries.values) }

    /// Makes the empty schedule of a target.
    public init(target: DeliveryTarget, concurrency: Int, retries: RetrySchedule) {
        self.target = target
        self.concurrency = max(1, concurrency)
        self.retries = retries
        health = TargetHealth(target: target)
    }

    /// Takes other settings in force and gives a target that fails or had gone a new chance, at reload.
    public mutating func configure(concurrency: Int, retries: RetrySchedule) {
        self.concurrency = max(1, concurrency)
        self.retries = retries
        health.probeAnew()
    }

    /// Takes deliveries on; those it has already are left as they are, and one whose last attempt has no result is due at
    /// once: every result puts the next attempt after the last one.
    public mutating func add(_ added: [Delivery], now: MonotonicInstant, wall: WallTime) {
        for delivery in added where deliveries[delivery.key] == nil {
            deliveries[delivery.key] = delivery
            let age = max(.zero, (delivery.replay?.at ?? delivery.event.occurredAt).duration(to: wall))
            begunAt[delivery.key] = now.advanced(by: .zero - age)
            var wait = min(max(.zero, wall.duration(to: delivery.nextAttemptAt)), RetrySchedule.longestHint)
            if let last = delivery.lastAttemptAt, last >= delivery.nextAttemptAt {
                wait = .zero
                cutOff.insert(delivery.key)
            }
            enqueue(delivery.key, due: now.advanced(by: wait))
        }
    }

    /// Takes on deliveries that somebody wants sent again; those that are waiting are due at once, with a new schedule.
    public mutating func replay(_ replayed: [Delivery], now: MonotonicInstant, wall: WallTime) {
        health.probe(at: now)
        for delivery in replayed where !handedOut.contains(delivery.key) {
            var delivery = delivery
            delivery.attempts = max(delivery.attempts, deliveries[delivery.key]?.attempts ?? 0)
            deliveries[delivery.key] = delivery
            begunAt[delivery.key] = now
            cutOff.remove(delivery.key)
            enqueue(delivery.key, due: now)
        }
    }

    /// The attempts that are due now; each must be put on disk, sent, and its outcome handed to `finish`.
    public mutating func dueAttempts(now: MonotonicInstant, wall: WallTime) -> [Attempt] {
        var attempts: [Attempt] = []
        while mayAttempt(now: now), let first = queue.min, first.due <= now {
            queue.removeMin()
            guard isCurrent(first), var delivery = deliveries[first.key] else { continue }
            handedOut.insert(first.key)
            if health.isTripped { probe = first.key }
            delivery.attempts = delivery.attempts.addingOne
            delivery.lastAttemptAt = wall
            delivery.nextAttemptAt = wall
            deliveries[first.key] = delivery
            inFlight += 1
            let record = DeliveryAttempt(key: first.key, number: delivery.attempts, at: wall)
            attempts.append(Attempt(record: record, delivery: delivery))
        }
        return attempts
    }

    /// When ``dueAttempts(now:wall:)`` is to be called next; `nil` when only an outcome or a new delivery can bring one about.
    public func nextAttempt(now: MonotonicInstant) -> MonotonicInstant? {
        guard hasRoom, let first = queue.min else { return nil }
        return health.isTripped ? max(first.due, health.nextProbe) : first.due
    }

    /// When the next probe of a tripped target may go out, `now` where one is under way; `nil` while it isn't tripped.
    public func nextProbe(now: MonotonicInstant) -> MonotonicInstant? {
        health.isTripped ? max(now, health.nextProbe) : nil
    }

    /// When a delivery that waits can really go out next: neither in the past nor before a tripped target's probe.
    ///
    /// - Returns: `nil` where only a reload or restart brings an attempt about.
    public func expectedAttempt(of delivery: Delivery, now: MonotonicInstant, wall: WallTime) -> WallTime? {
        if health.isGone { return nil }
        let earliest = wall.advanced(by: now.duration(to: nextProbe(now: now) ?? now))
        return max(earliest, delivery.nextAttemptAt)
    }

    /// Takes the outcome of an attempt and answers what is to be done.
    public mutating func finish(
        _ key: Delivery.Key,
        outcome: NotificationOutcome,
        now: MonotonicInstant,
        wall: WallTime,
        using generator: inout some RandomNumberGenerator
    ) -> [Action] {
        inFlight -= 1
        handedOut.remove(key)
        let isProbe = probe == key
        if isProbe || outcome.isSuccess { probe = nil }
        var actions: [Action] = []
        if let change = health.note(outcome, isProbe: isProbe, now: now, using: &generator) {
            actions.append(.report(.changed(change, target: target, pending: pendingCount)))
        }
        guard let delivery = deliveries[key] else { return actions }
        defer { statistics.note(outcome, isDead: deliveries[key] == nil && !outcome.isSuccess) }
        switch outcome {
        case .delivered(let httpStatus):
            remove(key)
            lastSuccess = wall
            actions.append(.record(DeliveryResult(key: key, state: .delivered, at: wall, httpStatus: httpStatus)))
        case .gone(let problem):
            let state = DeliveryResult.State.pending(nextAttemptAt: wall)
            actions.append(.record(result(key, state, problem, at: wall)))
            enqueue(key, due: now)
        case .retry(let problem):
            let delay = retries.delay(
                afterAttempts: delivery.attemptsSinceReplay - (cutOff.contains(key) ? 1 : 0),
                retryAfter: problem.retryAfter,
                using: &generator
            )
            let left = timeLeft(of: key, now: now)
            if let left, left <= .zero {
                actions += giveUp(delivery, problem, wall: wall)
            } else {
                let wait = left.map { min(delay, $0) } ?? delay
                let next = wall.advanced(by: wait)
                deliveries[key]?.nextAttemptAt = next
                actions.append(.record(result(key, .pending(nextAttemptAt: next), problem, at: wall)))
                enqueue(key, due: now.advanced(by: wait))
            }
        }
        return actions
    }

    /// Forgets an attempt that was handed out but could not be put on disk; the delivery is due again after a second.
    public mutating func withdraw(_ attempt: Attempt, now: MonotonicInstant) {
        inFlight -= 1
        handedOut.remove(attempt.record.key)
        if probe == attempt.record.key { probe = nil }
        guard deliveries[attempt.record.key] != nil else { return }
        deliveries[attempt.record.key]?.attempts = max(0, attempt.record.number - 1)
        enqueue(attempt.record.key, due: now.advanced(by: .seconds(1)))
    }

    /// Attempts that were under way when the breaker tripped don't keep a probe back, but another probe does.
    private var hasRoom: Bool {
        !health.isGone && inFlight < concurrency && !(health.isTripped && probe != nil)
    }

    private func mayAttempt(now: MonotonicInstant) -> Bool {
        hasRoom && (!health.isTripped || health.nextProbe <= now)
    }

    private func timeLeft(of key: Delivery.Key, now: MonotonicInstant) -> Duration? {
        retries.maxAge.map { now.duration(to: (begunAt[key] ?? now).advanced(by: $0)) }
    }

    private mutating func giveUp(_ delivery: Delivery, _ problem: NotificationProblem, wall: WallTime) -> [Action] {
        remove(delivery.key)
        return [
            .record(result(delivery.key, .dead, problem, at: wall)),
            .report(.deadLetter(delivery, problem)),
        ]
    }

    private func result(
        _ key: Delivery.Key,
        _ state: DeliveryResult.State,
        _ problem: NotificationProblem,
        at wall: WallTime
    ) -> DeliveryResult {
        DeliveryResult(key: key, state: state, at: wall, httpStatus: problem.httpStatus, problem: problem.message)
    }

    /// Whether an entry of the queue is its delivery's newest; a replay leaves an older one behind.
    private func isCurrent(_ entry: Entry) -> Bool {
        orders[entry.key] == entry.order
    }

    private mutating func remove(_ key: Delivery.Key) {
        deliveries[key] = nil
        orders[key] = nil
        begunAt[key] = nil
        cutOff.remove(key)
    }

    private mutating func enqueue(_ key: Delivery.Key, due: MonotonicInstant) {
        order += 1
        orders[key] = order
        queue.insert(Entry(due: due, order: order, key: key))
        // Replays leave old entries behind: they go before they are more than what is current.
        if queue.count > 64 + 2 * orders.count { queue = Heap(queue.unordered.filter(isCurrent)) }
    }
}
