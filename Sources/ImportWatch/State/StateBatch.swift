/// What one turn of the loop has to put on disk, in one transaction.
///
/// It holds one record a job, one entry an event and one a delivery, so that however long a disk takes nothing, what waits
/// for it grows with what there is to watch and not with time.
public struct StateBatch: Hashable, Sendable {
    /// An event and where it goes.
    public struct NewEvent: Hashable, Sendable {
        /// What happened.
        public var event: JobEvent
        /// The targets that are to have it; one delivery row each.
        public var targets: [DeliveryTarget]

        /// Makes a new event.
        public init(event: JobEvent, targets: [DeliveryTarget]) {
            self.event = event
            self.targets = targets
        }
    }

    private var jobsByKey: [JobKey: JobRecord] = [:]
    private var eventsInOrder: [NewEvent] = []
    private var eventPlaces: [String: Int] = [:]
    private var attemptsByKey: [Delivery.Key: DeliveryAttempt] = [:]
    private var resultsByKey: [Delivery.Key: DeliveryResult] = [:]
    private var restoredByKey: [Delivery.Key: Delivery] = [:]
    /// What is old enough to be forgotten; decided when the batch is committed, because what is listed changes.
    public var pruning: StatePruning?

    /// Makes a batch.
    public init(
        jobs: [JobRecord] = [],
        events: [NewEvent] = [],
        attempts: [DeliveryAttempt] = [],
        results: [DeliveryResult] = [],
        restored: [Delivery] = [],
        pruning: StatePruning? = nil
    ) {
        for job in jobs { note(job) }
        for event in events { note(event) }
        for attempt in attempts { note(attempt) }
        for result in results { note(result) }
        for delivery in restored { restore(delivery) }
        self.pruning = pruning
    }

    /// Jobs to insert or overwrite.
    public var jobs: [JobRecord] { Array(jobsByKey.values) }
    /// Events to insert, in the order they were told; one that is there already (same ID) is left as it is, with its
    /// deliveries.
    public var events: [NewEvent] { eventsInOrder }
    /// Attempts that are about to be made.
    public var attempts: [DeliveryAttempt] { Array(attemptsByKey.values) }
    /// Results of attempts.
    public var results: [DeliveryResult] { Array(resultsByKey.values) }
    /// Pending deliveries, with their events and all that is remembered of them, for a new state in a lost one's place.
    public var restored: [Delivery] { Array(restoredByKey.values) }

    /// Whether there is nothing to write.
    public var isEmpty: Bool {
        jobsByKey.isEmpty && eventsInOrder.isEmpty && attemptsByKey.isEmpty && resultsByKey.isEmpty
            && restoredByKey.isEmpty && pruning == nil
    }

    /// Takes on a job's record, in place of an earlier one.
    public mutating func note(_ job: JobRecord) {
        jobsByKey[job.key] = job
    }

    /// Takes on an event; one that is told a second time stays as it was told first, for the targets of both times.
    public mutating func note(_ new: NewEvent) {
        guard let place = eventPlaces[new.event.id] else {
            eventPlaces[new.event.id] = eventsInOrder.count
            eventsInOrder.append(new)
            return
        }
        let targets = eventsInOrder[place].targets
        eventsInOrder[place].targets += new.targets.filter { !targets.contains($0) }
    }

    /// Takes on the beginning of an attempt, in place of an earlier one at the same delivery.
    public mutating func note(_ attempt: DeliveryAttempt) {
        attemptsByKey[attempt.key] = attempt
    }

    /// Takes on a result, in place of an earlier one of the same delivery.
    public mutating func note(_ result: DeliveryResult) {
        resultsByKey[result.key] = result
    }

    /// Takes on a delivery as it is remembered.
    public mutating func restore(_ delivery: Delivery) {
        restoredByKey[delivery.key] = delivery
    }

    /// Takes on what came later; where both say something of one thing, the later holds.
    public mutating func append(_ later: StateBatch) {
        jobsByKey.merge(later.jobsByKey) { $1 }
        for event in later.eventsInOrder { note(event) }
        attemptsByKey.merge(later.attemptsByKey) { $1 }
        resultsByKey.merge(later.resultsByKey) { $1 }
        restoredByKey.merge(later.restoredByKey) { $1 }
        pruning = later.pruning ?? pruning
    }

    /// The batch without what has no meaning any more once it could not be committed: the attempts, which were not made,
    /// and the pruning, which is decided anew.
    var withoutAttempts: StateBatch {
        var batch = self
        batch.attemptsByKey = [:]
        batch.pruning = nil
        return batch
    }
}
