/// Where an event goes.
public enum DeliveryTarget: Hashable, Sendable {
    /// The journal (or stderr where there is none).
    case journal
    /// The webhook of this name.
    case webhook(String)

    /// `journal`, or the webhook's name.
    public var name: String {
        switch self {
        case .journal: "journal"
        case .webhook(let name): name
        }
    }
}

/// One event on its way to one target.
public struct Delivery: Hashable, Sendable {
    /// What identifies a delivery.
    public struct Key: Hashable, Sendable {
        /// The event's ID.
        public var eventID: String
        /// Where it goes.
        public var target: DeliveryTarget

        /// Makes a key.
        public init(eventID: String, target: DeliveryTarget) {
            self.eventID = eventID
            self.target = target
        }
    }

    /// What is delivered.
    public var event: JobEvent
    /// Where it goes.
    public var target: DeliveryTarget
    /// Attempts begun so far, those without a known result included.
    public var attempts: Int
    /// When the last attempt began.
    public var lastAttemptAt: WallTime?
    /// Not before this time comes the next attempt.
    public var nextAttemptAt: WallTime
    /// When somebody had it sent again, if somebody did.
    public var replay: Replay?

    /// The begin of a delivery's second life.
    public struct Replay: Hashable, Sendable {
        /// When it was asked for; the age of the delivery counts from then.
        public var at: WallTime
        /// The attempts before it; waits grow anew from then.
        public var attemptsBefore: Int

        /// Makes a replay.
        public init(at: WallTime, attemptsBefore: Int) {
            self.at = at
            self.attemptsBefore = attemptsBefore
        }
    }

    /// What identifies this delivery.
    public var key: Key { Key(eventID: event.id, target: target) }

    /// The attempts that the waits between them count from.
    var attemptsSinceReplay: Int {
        max(0, attempts) - min(max(0, replay?.attemptsBefore ?? 0), max(0, attempts))
    }

    /// Makes a delivery that is due at once and was never tried.
    public init(event: JobEvent, target: DeliveryTarget) {
        self.event = event
        self.target = target
        attempts = 0
        nextAttemptAt = event.occurredAt
    }
}

/// How one attempt at a delivery ended, or how the delivery itself did.
public struct DeliveryResult: Hashable, Sendable {
    /// What becomes of the delivery.
    public enum State: Hashable, Sendable {
        /// It arrived.
        case delivered
        /// It is tried again, not before the time given.
        case pending(nextAttemptAt: WallTime)
        /// It is given up: a dead letter.
        case dead
    }

    /// Which delivery.
    public var key: Delivery.Key
    /// What becomes of it.
    public var state: State
    /// When the result was known.
    public var at: WallTime
    /// The HTTP status of the answer, if there was one.
    public var httpStatus: Int?
    /// Why it did not arrive, in one line without secrets; `nil` when it did.
    public var problem: String?

    /// Makes a result.
    public init(key: Delivery.Key, state: State, at: WallTime, httpStatus: Int? = nil, problem: String? = nil) {
        self.key = key
        self.state = state
        self.at = at
        self.httpStatus = httpStatus
        self.problem = problem
    }
}

/// The beginning of an attempt, on disk before anything is sent.
public struct DeliveryAttempt: Hashable, Sendable {
    /// Which delivery.
    public var key: Delivery.Key
    /// The attempt's number, 1 for the first.
    public var number: Int
    /// When it began.
    public var at: WallTime

    /// Makes the record of an attempt.
    public init(key: Delivery.Key, number: Int, at: WallTime) {
        self.key = key
        self.number = number
        self.at = at
    }
}

extension Int {
    /// One more, or the same at the end of the range.
    var addingOne: Int { self == .max ? self : self + 1 }
}
