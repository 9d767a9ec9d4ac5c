import ImportWatch
import TestSupport

/// Drives a ``JobPoller`` through virtual time against a service that a test scripts.
struct PollerHarness {
    typealias Service = (_ jobID: String, _ clock: VirtualClock) -> PollResult

    var clock = VirtualClock()
    var poller: JobPoller
    var generator: SeededGenerator
    /// How long the service takes to answer.
    var latency = Duration.milliseconds(50)
    /// How far the service's clock is known to be ahead.
    var serviceIsAhead = Duration.zero
    private(set) var polls: [(jobID: String, at: MonotonicInstant)] = []
    private(set) var saved: [JobRecord] = []
    private(set) var told: [JobEvent] = []
    private(set) var reports: [JournalEntry] = []
    private var flights: [(ticket: PollTicket, lands: MonotonicInstant)] = []

    init(_ settings: PollingSettings = PollingSettings(), seed: UInt64 = 1) {
        poller = JobPoller(source: "default", region: "eu-west-1", settings: settings, now: clock.now)
        generator = SeededGenerator(seed: seed)
    }

    mutating func setJobs(_ ids: [String], records: [JobRecord] = []) {
        let known = Dictionary(records.map { ($0.key.id, $0) }) { first, _ in first }
        take(poller.setJobs(ids, records: { known[$0] }, now: clock.now, wall: clock.wall, using: &generator))
    }

    /// Does to the poller what a reload of the configuration does.
    mutating func reload() {
        poller.reloaded(now: clock.now, using: &generator)
    }

    /// Lets time pass, with every poll sent when it is due and answered after the latency.
    mutating func run(for duration: Duration, service: Service) {
        let end = clock.now.advanced(by: duration)
        var steps = 0
        while steps < 1_000_000 {
            steps += 1
            let landing = flights.map(\.lands).min()
            let deadlines = [poller.nextPoll(now: clock.now), landing].compactMap { $0 }
            guard let next = deadlines.min(), next <= end else { break }
            clock.advance(to: next)
            land(service)
            for ticket in poller.duePolls(now: clock.now) {
                polls.append((ticket.jobID, clock.now))
                flights.append((ticket, clock.now.advanced(by: latency)))
            }
        }
        clock.advance(to: end)
    }

    private mutating func land(_ service: Service) {
        while let index = flights.firstIndex(where: { $0.lands <= clock.now }) {
            let ticket = flights.remove(at: index).ticket
            let result = service(ticket.jobID, clock)
            take(
                poller.handle(
                    result,
                    for: ticket,
                    now: clock.now,
                    wall: clock.wall,
                    serviceIsAhead: serviceIsAhead,
                    using: &generator
                )
            )
        }
    }

    private mutating func take(_ actions: [JobPoller.Action]) {
        for action in actions {
            switch action {
            case .save(let record): saved.append(record)
            case .tell(let event): told.append(event)
            case .report(let entry): reports.append(entry)
            }
        }
    }

    func reports(_ kind: JournalEntry.Kind) -> [JournalEntry] {
        reports.filter { $0.kind == kind }
    }
}

extension JobPoller {
    /// A poller whose events have IDs that differ, and no more: what a digest is worth is of no matter here.
    init(source: String, region: String, settings: PollingSettings, now: MonotonicInstant) {
        self.init(source: source, region: region, settings: settings, digest: { simpleDigest($0) }, now: now)
    }
}

private func simpleDigest(_ bytes: [UInt8]) -> [UInt8] {
    (0..<16).map { place in
        bytes.enumerated().reduce(UInt8(place)) { ($0 &* 31) ^ $1.element &+ UInt8(truncatingIfNeeded: $1.offset) }
    }
}

extension PollResult {
    static func job(_ id: String, _ status: JobStatus, processed: Int64 = 0, failed: Int64 = 0) -> PollResult {
        .answered(
            ImportJob(id: id, status: status, processedRecords: processed, failedRecords: failed),
            requestID: "request"
        )
    }

    static let throttle = PollResult.throttled(
        ServiceProblem(code: "TooManyRequestsException", message: "Rate exceeded", httpStatus: 429),
        retryAfter: nil
    )
    static let outage = PollResult.unavailable(ServiceProblem(code: "timeout", message: "no answer"), retryAfter: nil)
    static let denied = PollResult.credentialsRefused(
        ServiceProblem(code: "AccessDeniedException", message: "not authorized", httpStatus: 403)
    )
    static let missing = PollResult.jobRefused(
        .notFound,
        ServiceProblem(code: "NotFoundException", message: "no such job", httpStatus: 404)
    )
}
