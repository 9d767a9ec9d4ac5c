import ImportWatch
import TestSupport
import Testing

/// A step of the wall clock tells nothing about a job: what has to last is counted on a clock that only goes on.
@Suite struct ClockStepTests {
    private static let steps: [Duration] = [
        .seconds(1200), .seconds(90_000), .seconds(288_000), .seconds(-90_000), .seconds(-10_000_000_000),
    ]

    @Test(arguments: steps) func aStepMakesNoJobLostWithinItsGrace(step: Duration) {
        var harness = PollerHarness()
        harness.setJobs(["a"])
        harness.run(for: .seconds(60)) { id, _ in .job(id, .processing) }
        harness.run(for: .seconds(200)) { _, _ in .missing }
        harness.clock.setWall(by: step)
        harness.run(for: .seconds(690)) { _, _ in .missing }
        #expect(harness.told.isEmpty)
        harness.run(for: .seconds(200)) { _, _ in .missing }
        #expect(harness.told.map(\.type) == [.lost])
    }

    @Test(arguments: steps) func aStepMakesNoJobOverdueAndKeepsNoneFromBeingSo(step: Duration) {
        var harness = PollerHarness()
        let created = harness.clock.wall.advanced(by: .seconds(-3600))
        let answer: PollerHarness.Service = { id, _ in
            .answered(ImportJob(id: id, status: .processing, createdAt: created), requestID: nil)
        }
        harness.setJobs(["a"])
        harness.run(for: .seconds(600), service: answer)
        harness.clock.setWall(by: step)
        harness.run(for: .seconds(82_100), service: answer)
        #expect(harness.told.isEmpty)
        harness.run(for: .seconds(300), service: answer)
        #expect(harness.told.map(\.type) == [.overdue])
    }

    /// What lies before a start is known from the wall clock alone; one that was set back meanwhile counts as no time.
    @Test func afterARestartTheTimeBeforeItCounts() {
        for (elapsed, left) in [(500, 400), (900, 0), (-5000, 900)] as [(Int64, Int64)] {
            var first = PollerHarness()
            first.setJobs(["a"])
            first.run(for: .seconds(60)) { id, _ in .job(id, .processing) }
            guard var record = first.saved.last else { continue }
            record.notFoundSince = first.clock.wall.advanced(by: .seconds(-elapsed))
            var second = PollerHarness(seed: 2)
            second.clock = first.clock
            second.setJobs(["a"], records: [record])
            second.run(for: .seconds(max(0, left - 1))) { _, _ in .missing }
            #expect(second.told.isEmpty, "\(elapsed) s before")
            second.run(for: .seconds(200)) { _, _ in .missing }
            #expect(second.told.map(\.type) == [.lost], "\(elapsed) s before")
        }
    }

    @Test func aNewDeadlineCountsFromTheSameBeginning() {
        var settings = PollingSettings()
        var harness = PollerHarness(settings)
        harness.setJobs(["a"])
        harness.run(for: .seconds(1000)) { id, _ in .job(id, .processing) }
        settings.deadline = .seconds(1500)
        harness.poller.setSettings(settings, now: harness.clock.now)
        harness.clock.setWall(by: .seconds(86_400))
        harness.run(for: .seconds(490)) { id, _ in .job(id, .processing) }
        #expect(harness.told.isEmpty)
        harness.run(for: .seconds(200)) { id, _ in .job(id, .processing) }
        #expect(harness.told.map(\.type) == [.overdue])
    }

    /// Random steps at random times: each job is told overdue once, when its time has really passed, whatever the clock shows.
    @Test func randomStepsChangeNoDeadline() {
        var random = SeededGenerator(seed: 7)
        for history in 0..<200 {
            var settings = PollingSettings(requestsPerSecond: 10)
            settings.deadline = .seconds(Int64.random(in: 600...7200, using: &random))
            settings.notFoundGrace = .seconds(Int64.random(in: 60...900, using: &random))
            var harness = PollerHarness(settings, seed: UInt64(history))
            harness.setJobs(["slow", "gone"])
            harness.run(for: .seconds(30)) { id, _ in .job(id, .processing) }
            let start = harness.clock.now
            let limit = settings.deadline + settings.notFoundGrace + settings.maxDelay * 2
            while start.duration(to: harness.clock.now) < limit {
                harness.clock.setWall(by: .seconds(Int64.random(in: -200_000...200_000, using: &random)))
                let told = harness.told.count
                let before = harness.clock.now
                harness.run(for: .seconds(60)) { id, _ in id == "gone" ? .missing : .job(id, .processing) }
                for outcome in harness.told.dropFirst(told) {
                    let least = outcome.type == .lost ? settings.notFoundGrace : settings.deadline - .seconds(31)
                    let passed = start.duration(to: before) + .seconds(60)
                    #expect(passed >= least, "history \(history): \(outcome.type) after \(passed)")
                    #expect(
                        passed <= least + settings.maxDelay * 2 + .seconds(122),
                        "history \(history): \(outcome.type)"
                    )
                }
            }
            #expect(harness.told.map(\.type.rawValue).sorted() == ["lost", "overdue"], "history \(history)")
        }
    }
}
