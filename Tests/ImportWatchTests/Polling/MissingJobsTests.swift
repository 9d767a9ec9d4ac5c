import ImportWatch
import TestSupport
import Testing

/// Jobs that the service doesn't know, and what of them is told.
@Suite struct MissingJobsTests {
    @Test func aJobIsLostAlsoWhenThoseThatWereFoundHaveLeftTheList() {
        var harness = PollerHarness()
        let service: PollerHarness.Service = { id, _ in id == "found" ? .job(id, .completed) : .missing }
        harness.setJobs(["found", "b", "c", "d"])
        harness.run(for: .seconds(600), service: service)
        harness.setJobs(["b", "c", "d"])
        harness.run(for: .seconds(3600), service: service)
        #expect(Set(harness.told.filter { $0.type == .lost }.map(\.job.id)) == ["b", "c", "d"])
        #expect(harness.reports(.noJobExists).isEmpty)
    }

    @Test func thatNoJobExistsIsSaidAgainAfterAReloadThatMendedNothing() {
        var harness = PollerHarness()
        harness.setJobs(["a", "b", "c"])
        harness.run(for: .seconds(7200)) { _, _ in .missing }
        #expect(harness.reports(.noJobExists).count == 1)
        harness.reload()
        harness.run(for: .seconds(7200)) { _, _ in .missing }
        #expect(harness.reports(.noJobExists).count == 2)
        #expect(harness.told.isEmpty)
    }

    /// Whoever mends the profile and reloads sees soon whether that was it.
    @Test func aReloadBringsWhatWasNotFoundForward() {
        var harness = PollerHarness()
        harness.setJobs((0..<20).map { "job-\($0)" })
        harness.run(for: .seconds(7200)) { _, _ in .missing }
        harness.reload()
        harness.run(for: .seconds(40)) { id, _ in .job(id, .completed) }
        #expect(harness.told.count == 20)
    }

    @Test func aReloadProbesASourceInTroubleAtOnce() {
        for trouble in [PollResult.denied, .outage] {
            var harness = PollerHarness()
            harness.setJobs(["a", "b"])
            harness.run(for: .seconds(7200)) { _, _ in trouble }
            #expect(!harness.poller.health.isHealthy)
            harness.reload()
            harness.run(for: .seconds(3)) { id, _ in .job(id, .processing) }
            #expect(harness.poller.health.isHealthy)
        }
    }

    /// Reload after reload, the budget holds in every window.
    @Test func reloadsMakeNoBurst() {
        var harness = PollerHarness(PollingSettings(requestsPerSecond: 2))
        harness.setJobs((0..<50).map { "job-\($0)" })
        harness.run(for: .seconds(3600)) { _, _ in .missing }
        for _ in 0..<100 {
            harness.reload()
            harness.run(for: .milliseconds(300)) { _, _ in .missing }
        }
        let polls = harness.polls.filter { $0.at > MonotonicInstant(nanoseconds: 3_600_000_000_000) }
        for (first, poll) in polls.enumerated() {
            for last in first..<polls.count {
                let window = poll.at.duration(to: polls[last].at).seconds
                #expect(Double(last - first + 1) <= 2 * window + 2 + 1e-6)
            }
        }
    }
}
