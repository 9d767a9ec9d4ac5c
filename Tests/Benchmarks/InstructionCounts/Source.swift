import Crypto
import ImportWatch

/// A source with 1,000 jobs whose polls are due as fast as its budget lets them.
struct Source {
    private var poller: JobPoller
    private var now = MonotonicInstant(nanoseconds: 0)
    private var generator = Repeated()

    static func jobID(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 8 - digits.count) + digits + "-0d3b-4f9a-9a55-0c1d2e3f4a5b"
    }

    static var jobIDs: [String] { (0..<1000).map(jobID) }

    init() {
        let settings = PollingSettings(
            requestsPerSecond: 1000,
            minDelay: .milliseconds(500),
            maxDelay: .seconds(2)
        )
        poller = JobPoller(
            source: "default",
            region: "eu-west-1",
            settings: settings,
            digest: { Digest.sha256($0) },
            now: now
        )
        _ = poller.setJobs(Self.jobIDs, records: { _ in nil }, now: now, wall: Service.start, using: &generator)
    }

    /// Hands out polls, two a turn, and takes what `ask` answers.
    mutating func poll(count: Int, ask: (PollTicket, WallTime) -> PollResult) {
        var polls = 0
        while polls < count {
            now = now.advanced(by: .milliseconds(2))
            let wall = Service.start.advanced(by: MonotonicInstant(nanoseconds: 0).duration(to: now))
            for ticket in poller.duePolls(now: now) {
                let result = ask(ticket, wall)
                _ = poller.handle(result, for: ticket, now: now, wall: wall, using: &generator)
                polls += 1
            }
        }
    }
}

/// Randomness that is the same in every run.
private struct Repeated: RandomNumberGenerator {
    private var state: UInt64 = 1

    mutating func next() -> UInt64 {
        // Knuth's MMIX generator; its high bits are good enough for delays.
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state
    }
}
