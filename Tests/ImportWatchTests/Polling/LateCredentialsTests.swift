import ImportWatch
import TestSupport
import Testing

/// A source whose credentials come late, fail, or are refused: the budget counts requests as they leave.
@Suite struct LateCredentialsTests {
    /// In any window of w seconds at most r·w + capacity requests, with r the highest rate of the history.
    private func expectBudget(_ sent: [MonotonicInstant], rate: Double, _ note: String) {
        let times = sent.map { $0.nanoseconds }
        let capacity = max(1, rate)
        // The worst window that ends at a request begins at one: sweep the bucket that the promise describes.
        var level = 0.0
        var before = times.first ?? 0
        for time in times {
            level = max(0, level - Double(time - before) / 1e9 * rate) + 1
            before = time
            #expect(level <= capacity + 1 + 1e-6, "\(note): \(level) of \(capacity) at \(time)")
        }
    }

    @Test func randomHistoriesKeepToTheBudget() {
        var random = SeededGenerator(seed: 12)
        for history in 0..<60 {
            let rates: [Double] = [0.2, 1, 4, 20]
            let rate = rates[history % rates.count]
            var clock = VirtualClock()
            var settings = PollingSettings(requestsPerSecond: rate)
            var poller = JobPoller(source: "s", region: "r", settings: settings, now: clock.now)
            var generator = SeededGenerator(seed: UInt64(history))
            let ids = (0..<60).map { "job-\($0)" }
            _ = poller.setJobs(ids, records: { _ in nil }, now: clock.now, wall: clock.wall, using: &generator)
            var sent: [MonotonicInstant] = []
            var flights: [PollTicket] = []
            var credentialsCome: MonotonicInstant?
            let problem = ServiceProblem(code: "CredentialError", message: "none")
            for _ in 0..<600 {
                clock.advance(by: .milliseconds(Int64.random(in: 0...1500, using: &random)))
                if let arrival = credentialsCome, arrival <= clock.now { credentialsCome = nil }
                let isWaiting = credentialsCome != nil
                switch Int.random(in: 0..<24, using: &random) {
                case 0 where !isWaiting:
                    let wait = Duration.seconds(Int64.random(in: 1...60, using: &random))
                    credentialsCome = clock.now.advanced(by: wait)
                case 1 where poller.isPollDue(now: clock.now):
                    _ = poller.couldNotAsk(problem, now: clock.now, wall: clock.wall, using: &generator)
                case 2: poller.resumed(now: clock.now)
                case 3:
                    settings.requestsPerSecond = rate * Double.random(in: 0.1...1, using: &random)
                    poller.setSettings(settings, now: clock.now)
                case 4: poller.reloaded(now: clock.now, using: &generator)
                default: break
                }
                while !flights.isEmpty, Int.random(in: 0..<3, using: &random) > 0 {
                    let ticket = flights.removeFirst()
                    let results: [PollResult] = [
                        .job(ticket.jobID, .processing), .denied, .outage, .throttle, .missing,
                    ]
                    if let result = (results + results.prefix(1) + results.prefix(1)).randomElement(using: &random),
                        Bool.random(using: &random)
                    {
                        let (now, wall) = (clock.now, clock.wall)
                        _ = poller.handle(result, for: ticket, now: now, wall: wall, using: &generator)
                    } else {
                        poller.takeBack(ticket, now: clock.now)
                    }
                }
                guard credentialsCome == nil else { continue }
                let tickets = poller.duePolls(now: clock.now)
                sent += tickets.map { _ in clock.now }
                flights += tickets
            }
            expectBudget(sent, rate: rate, "history \(history)")
        }
    }

    /// Nothing is taken from the schedule or the budget while only a question is asked.
    @Test func askingWhetherAPollIsDueChangesNothing() {
        var harness = PollerHarness()
        harness.setJobs(["a"])
        harness.clock.advance(by: .seconds(300))
        for _ in 0..<10 { #expect(harness.poller.isPollDue(now: harness.clock.now) == true) }
        #expect(harness.poller.inFlight == 0)
        #expect(harness.poller.duePolls(now: harness.clock.now).map(\.jobID) == ["a"])
        #expect(harness.poller.isPollDue(now: harness.clock.now) == false)
    }

    /// Without credentials the source waits as after a refusal, says so once, and spends nothing.
    @Test func withoutCredentialsTheSourceWaitsAndSaysSoOnce() {
        var clock = VirtualClock()
        var generator = SeededGenerator(seed: 3)
        var poller = JobPoller(source: "s", region: "r", settings: PollingSettings(), now: clock.now)
        _ = poller.setJobs(["a", "b"], records: { _ in nil }, now: clock.now, wall: clock.wall, using: &generator)
        let problem = ServiceProblem(code: "CredentialError", message: "none")
        var (tries, entries) = (0, 0)
        let end = clock.now.advanced(by: .seconds(86_400 + 600))
        var told: [EventType] = []
        while let next = poller.nextPoll(now: clock.now), next < end {
            clock.advance(to: next)
            guard poller.isPollDue(now: clock.now) else { continue }
            tries += 1
            for action in poller.couldNotAsk(problem, now: clock.now, wall: clock.wall, using: &generator) {
                if case .report = action { entries += 1 }
                if case .tell(let outcome) = action { told.append(outcome.type) }
            }
        }
        #expect(entries == 1)
        #expect((700...5000).contains(tries))
        #expect(told == [.overdue, .overdue], "that a job takes too long is told also while nobody can ask")
    }
}
