import TestSupport

@testable import ImportWatch

/// One target's schedule and a receiver that answers in a tenth of a second, both under a virtual clock.
struct SimulatedReceiver {
    private(set) var clock = VirtualClock()
    private(set) var schedule: DeliverySchedule
    /// Attempts begun.
    private(set) var attempts = 0
    /// When every event had been tried once, in seconds from the start.
    private(set) var allTriedAt: Double?
    /// When deliveries arrived, in seconds from the start.
    private(set) var arrivals: [Double] = []
    /// Entries about the target.
    private(set) var entries: [JournalEntry] = []
    private(set) var mostInFlight = 0

    private let latency = Duration.milliseconds(100)
    private let fails: (Double, inout SeededGenerator) -> Bool
    private var generator: SeededGenerator
    private var underWay: [(ends: MonotonicInstant, attempt: DeliverySchedule.Attempt)] = []
    private var untried: Set<Delivery.Key> = []
    private var coming: ArraySlice<(at: MonotonicInstant, delivery: Delivery)>

    /// - Parameters:
    ///   - every: The seconds between two events; 0 for all at once.
    ///   - fails: Whether an attempt that ends so many seconds after the start fails.
    init(
        to target: DeliveryTarget = .webhook("ops"),
        events: Int,
        every: Double = 0,
        concurrency: Int,
        seed: UInt64,
        fails: @escaping (Double, inout SeededGenerator) -> Bool
    ) {
        schedule = DeliverySchedule(
            target: target,
            concurrency: concurrency,
            retries: target == .journal ? .journal : .webhook(maxAge: .seconds(76 * 3600))
        )
        self.fails = fails
        generator = SeededGenerator(seed: seed)
        let start = clock
        coming =
            (0..<events).map { number in
                let after = Duration.nanoseconds(Int64(Double(number) * every * 1e9))
                let event = JobEvent.example("evt_\(number)", at: start.wall.advanced(by: after))
                return (start.now.advanced(by: after), Delivery(event: event, target: target))
            }[...]
        untried = Set(coming.map(\.delivery.key))
    }

    var seconds: Double { Double(clock.now.nanoseconds) / 1e9 }

    /// Lets time pass until nothing is left to do, the end comes, or `isEnough` says so.
    mutating func run(seconds end: Double, until isEnough: (SimulatedReceiver) -> Bool = { _ in false }) {
        let end = MonotonicInstant(nanoseconds: Int64(end * 1e9))
        while !isEnough(self) {
            let times = [coming.first?.at, underWay.first?.ends, schedule.nextAttempt(now: clock.now)].compactMap { $0 }
            guard let next = times.min(), next <= end else { return }
            clock.advance(to: next)
            takeEvents()
            endAttempts()
            begin()
        }
    }

    private mutating func takeEvents() {
        while let first = coming.first, first.at <= clock.now {
            coming.removeFirst()
            schedule.add([first.delivery], now: clock.now, wall: clock.wall)
        }
    }

    private mutating func endAttempts() {
        while let (ends, attempt) = underWay.first, ends <= clock.now {
            underWay.removeFirst()
            let problem = NotificationProblem(kind: "http_500", message: "HTTP 500")
            let isFailure = fails(seconds, &generator)
            if !isFailure { arrivals.append(seconds) }
            let actions = schedule.finish(
                attempt.record.key,
                outcome: isFailure ? .retry(problem) : .delivered(httpStatus: 204),
                now: clock.now,
                wall: clock.wall,
                using: &generator
            )
            for case .report(let entry) in actions { entries.append(entry) }
        }
    }

    private mutating func begin() {
        for attempt in schedule.dueAttempts(now: clock.now, wall: clock.wall) {
            attempts += 1
            untried.remove(attempt.record.key)
            underWay.append((clock.now.advanced(by: latency), attempt))
        }
        mostInFlight = max(mostInFlight, schedule.inFlight)
        if untried.isEmpty, allTriedAt == nil { allTriedAt = seconds }
    }
}

extension JobEvent {
    static func example(_ id: String, at time: WallTime) -> JobEvent {
        JobEvent(
            id: id,
            type: .completed,
            occurredAt: time,
            source: "default",
            region: "eu-west-1",
            job: ImportJob(id: "job", status: .completed),
            previousStatus: nil,
            requestID: nil
        )
    }
}

func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
