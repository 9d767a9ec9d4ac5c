import ImportWatch
import TestSupport
import Testing

/// A service that does nothing but throttle: the pace's matter, until it has lasted.
@Suite struct ThrottledForLongTests {
    @Test func throttlingWithoutAnAnswerForTenMinutesIsToldOnceAndSoIsItsEnd() {
        var harness = PollerHarness()
        harness.setJobs(["a", "b", "c"])
        harness.run(for: .seconds(590)) { _, _ in .throttle }
        #expect(harness.poller.health.isHealthy)
        harness.run(for: .seconds(200)) { _, _ in .throttle }
        #expect(!harness.poller.health.isHealthy)
        #expect(harness.reports(.endpointUnavailable).count == 1)
        harness.run(for: .seconds(86_400)) { _, _ in .throttle }
        #expect(harness.reports(.endpointUnavailable).count == 1)
        #expect(harness.reports(.endpointUnavailable).first?.message.contains("TooManyRequestsException") == true)
        #expect(harness.told.allSatisfy { $0.type == .overdue })
        harness.run(for: .seconds(300)) { id, _ in .job(id, .processing) }
        #expect(harness.poller.health.isHealthy)
        #expect(harness.reports(.endpointAvailable).count == 1)
    }

    /// A service that names long waits throttles seldom, and no less for long.
    @Test(arguments: [400, 3600]) func longWaitsThatItNamesAreNoReasonToSayNothing(seconds: Int) {
        var harness = PollerHarness()
        harness.setJobs(["a"])
        let problem = ServiceProblem(code: "ServiceUnavailable", message: "later", httpStatus: 503)
        harness.run(for: .seconds(600 + seconds)) { _, _ in .throttled(problem, retryAfter: .seconds(seconds)) }
        #expect(!harness.poller.health.isHealthy)
        #expect(harness.reports(.endpointUnavailable).count == 1)
    }

    /// The pace stays what throttling makes of it; nothing else holds polls back.
    @Test func pollsGoOnAtTheLowestPace() {
        var harness = PollerHarness()
        harness.setJobs((0..<20).map { "job-\($0)" })
        harness.run(for: .seconds(7200)) { _, _ in .throttle }
        let count = harness.polls.count
        harness.run(for: .seconds(6400)) { _, _ in .throttle }
        #expect((90...101).contains(harness.polls.count - count))
    }

    /// Answers in between, however rare, are no trouble of health.
    @Test func anAnswerNowAndThenKeepsTheSourceHealthy() {
        for seed in 1...20 as ClosedRange<UInt64> {
            var harness = PollerHarness(seed: seed)
            var random = SeededGenerator(seed: seed)
            harness.setJobs((0..<10).map { "job-\($0)" })
            var sinceAnswer = 0
            harness.run(for: .seconds(40_000)) { id, _ in
                sinceAnswer += 1
                guard sinceAnswer < 5, Int.random(in: 0..<3, using: &random) > 0 else {
                    sinceAnswer = 0
                    return .job(id, .processing)
                }
                return .throttle
            }
            #expect(harness.reports(.endpointUnavailable).isEmpty)
        }
    }

    /// Throttles, outages, refusals and answers in random order and for random times: every trouble that is told ends
    /// with a recovery that is told, and no kind of trouble is told twice without.
    @Test func everyTroubleThatIsToldHasAnEnd() {
        var random = SeededGenerator(seed: 99)
        for history in 0..<100 {
            var harness = PollerHarness(seed: UInt64(history))
            harness.setJobs(["a", "b", "c", "d"])
            for _ in 0..<12 {
                let kind = Int.random(in: 0..<5, using: &random)
                let time = Duration.seconds(Int64.random(in: 10...4000, using: &random))
                harness.run(for: time) { id, _ in
                    switch kind {
                    case 0: .throttle
                    case 1: .outage
                    case 2: .denied
                    default: .job(id, .processing)
                    }
                }
            }
            harness.run(for: .seconds(20_000)) { id, _ in .job(id, .processing) }
            #expect(harness.poller.health.isHealthy)
            #expect(harness.reports(.endpointUnavailable).count == harness.reports(.endpointAvailable).count)
            #expect(harness.reports(.credentialsRefused).count == harness.reports(.credentialsAccepted).count)
        }
    }
}
