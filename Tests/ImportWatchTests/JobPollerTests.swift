import ImportWatch
import TestSupport
import Testing

@Suite struct JobPollerTests {
    @Test(arguments: [
        (JobStatus.completed, Int64(0), EventType.completed), (.completed, 3, .completedWithErrors),
        (.failed, 0, .failed), (.error, 0, .failed), (.cancelled, 0, .cancelled),
    ])
    func tellsTheEndOfAJobOnceAndAsksNoMore(status: JobStatus, failed: Int64, type: EventType) {
        var harness = PollerHarness()
        harness.setJobs(["a"])
        harness.run(for: .seconds(3600)) { id, clock in
            clock.now.nanoseconds < 300_000_000_000
                ? .job(id, .processing, processed: 1) : .job(id, status, processed: 9, failed: failed)
        }
        #expect(harness.told.map(\.type) == [type])
        #expect(harness.told.first?.previousStatus == .processing)
        let polls = harness.polls.count
        harness.run(for: .seconds(86_400)) { id, _ in .job(id, status) }
        #expect(harness.polls.count == polls)
        #expect(harness.saved.last?.finishedAt != nil)
    }

    @Test func delaysGrowWhileNothingChangesAndShrinkWhenSomethingDoes() {
        var settings = PollingSettings()
        settings.deadline = .zero
        settings.requestsPerSecond = 100
        var harness = PollerHarness(settings)
        harness.latency = .zero
        harness.setJobs(["a"])
        harness.run(for: .seconds(1800)) { id, _ in .job(id, .processing, processed: 5) }
        let gaps = zip(harness.polls, harness.polls.dropFirst()).map { $0.at.duration(to: $1.at) }
        #expect(gaps.allSatisfy { $0 >= settings.minDelay && $0 <= settings.maxDelay + .milliseconds(20) })
        #expect(gaps.first.map { $0 <= .seconds(10.1) } == true)
        #expect(gaps.dropFirst(6).contains { $0 > .seconds(40) })
        let before = harness.polls.count
        harness.run(for: .seconds(600)) { id, clock in .job(id, .processing, processed: clock.now.nanoseconds) }
        let fast = harness.polls.count - before
        #expect(fast > 600 / 11)
    }

    @Test func aThrottleNeitherEndsAJobNorTellsAnything() {
        var harness = PollerHarness()
        harness.setJobs(["a", "b", "c"])
        harness.run(for: .seconds(3600)) { _, _ in .throttle }
        #expect(harness.told.isEmpty)
        #expect(harness.reports(.sourceThrottled).count == 1)
        #expect(harness.poller.pacer.pace == 1.0 / 64)
        harness.run(for: .seconds(3600)) { id, _ in .job(id, .completed) }
        #expect(Set(harness.told.map(\.job.id)) == ["a", "b", "c"])
        #expect(harness.told.allSatisfy { $0.type == .completed })
    }

    @Test func aThrottledSourceRecoversItsPaceAndSaysSoOnce() {
        var settings = PollingSettings()
        settings.maxDelay = .seconds(10)
        settings.deadline = .zero
        var harness = PollerHarness(settings)
        harness.setJobs((0..<20).map { "job-\($0)" })
        harness.run(for: .seconds(60)) { _, _ in .throttle }
        harness.run(for: .seconds(3600)) { id, _ in .job(id, .processing) }
        #expect(!harness.poller.pacer.isThrottled)
        #expect(harness.reports(.sourceAtFullPace).count == 1)
    }

    @Test func anOutageIsSaidOnceAndProbedByOnePollAtATime() {
        var settings = PollingSettings()
        settings.requestsPerSecond = 50
        var harness = PollerHarness(settings)
        harness.latency = .seconds(2)
        harness.setJobs((0..<100).map { "job-\($0)" })
        harness.run(for: .seconds(7200)) { _, _ in .outage }
        #expect(harness.reports(.endpointUnavailable).count == 1)
        #expect(harness.told.isEmpty)
        let late = harness.polls.filter { $0.at > MonotonicInstant(nanoseconds: 600_000_000_000) }
        #expect(late.count > 20 && late.count < 6600 / 5)
        harness.latency = .milliseconds(20)
        harness.run(for: .seconds(600)) { id, _ in .job(id, .completed) }
        #expect(harness.told.count == 100)
        #expect(harness.reports(.endpointAvailable).count == 1)
    }

    @Test func refusedCredentialsAreSaidAtOnceAndRecoveryToo() {
        var harness = PollerHarness()
        harness.setJobs(["a", "b"])
        harness.run(for: .seconds(1000)) { _, _ in .denied }
        #expect(harness.reports(.credentialsRefused).count == 1)
        harness.run(for: .seconds(1000)) { id, _ in .job(id, .failed) }
        #expect(harness.reports(.credentialsAccepted).count == 1)
        #expect(harness.told.map(\.type) == [.failed, .failed])
    }

    @Test func aJobIsLostAfterTheGraceAndGoesOnBeingAsked() {
        var settings = PollingSettings()
        settings.deadline = .zero
        var harness = PollerHarness(settings)
        harness.setJobs(["a"])
        harness.run(for: .seconds(60)) { id, _ in .job(id, .processing, processed: 4) }
        harness.run(for: .seconds(899)) { _, _ in .missing }
        #expect(harness.told.isEmpty)
        harness.run(for: .seconds(300)) { _, _ in .missing }
        #expect(harness.told.map(\.type) == [.lost])
        #expect(harness.told.first?.job.status == .processing)
        let polls = harness.polls.count
        harness.run(for: .seconds(36_000)) { _, _ in .missing }
        #expect((7...10).contains(harness.polls.count - polls))
        harness.run(for: .seconds(5000)) { id, _ in .job(id, .completed) }
        #expect(harness.told.map(\.type) == [.lost, .completed])
        #expect(harness.reports(.jobFound).count == 1)
    }

    @Test func whereNoJobWasEverFoundNothingIsLost() {
        var harness = PollerHarness()
        harness.setJobs(["a", "b", "c"])
        harness.run(for: .seconds(7200)) { _, _ in .missing }
        #expect(harness.told.isEmpty)
        #expect(harness.reports(.noJobExists).count == 1)
        #expect(harness.reports(.noJobExists).first?.priority == .error)
        harness.run(for: .seconds(20_000)) { id, _ in id == "a" ? .job(id, .processing) : .missing }
        #expect(Set(harness.told.map(\.job.id)) == ["b", "c"])
        #expect(harness.told.allSatisfy { $0.type == .lost })
    }

    @Test func aJobIsOverdueOnceAtItsDeadline() {
        var harness = PollerHarness()
        harness.setJobs(["a"])
        harness.run(for: .seconds(86_390)) { id, _ in .job(id, .processing) }
        #expect(harness.told.isEmpty)
        harness.run(for: .seconds(60)) { id, _ in .job(id, .processing) }
        #expect(harness.told.map(\.type) == [.overdue])
        harness.run(for: .seconds(86_400)) { id, _ in .job(id, .processing) }
        harness.run(for: .seconds(300)) { id, _ in .job(id, .completed) }
        #expect(harness.told.map(\.type) == [.overdue, .completed])
    }

    @Test func theDeadlineCountsFromTheServicesCreationTime() {
        var harness = PollerHarness()
        let created = harness.clock.wall.advanced(by: .seconds(-86_400))
        harness.setJobs(["a"])
        harness.run(for: .seconds(200)) { id, _ in
            .answered(ImportJob(id: id, status: .processing, createdAt: created), requestID: nil)
        }
        #expect(harness.told.map(\.type) == [.overdue])
    }

    /// A machine 90 min ahead of the service doesn't take a job for older than it is, and a creation doesn't move.
    @Test func theServicesCreationTimeIsReadByTheServicesClock() {
        var settings = PollingSettings()
        settings.deadline = .seconds(3600)
        var harness = PollerHarness(settings)
        harness.serviceIsAhead = .seconds(-5400)
        let created = harness.clock.wall.advanced(by: .seconds(-5400))
        harness.setJobs(["a"])
        var polls = 0
        harness.run(for: .seconds(3500)) { id, _ in
            polls += 1
            let told = polls == 1 ? created : created.advanced(by: .seconds(-86_400))
            return .answered(ImportJob(id: id, status: .processing, createdAt: told), requestID: nil)
        }
        #expect(harness.told.isEmpty)
        harness.run(for: .seconds(200)) { id, _ in .job(id, .processing) }
        #expect(harness.told.map(\.type) == [.overdue])
    }

    /// However long a service's words are, little of them is kept of each job.
    @Test func whatIsKeptOfAJobsTroubleIsShort() throws {
        var harness = PollerHarness()
        harness.setJobs(["refused", "failed"])
        let words = String(repeating: "e\u{301}\u{301}\u{301}", count: 300)
        harness.run(for: .seconds(30)) { id, _ in
            guard id == "failed" else {
                return .jobRefused(.badRequest, ServiceProblem(code: "BadRequestException", message: words))
            }
            return .answered(
                ImportJob(id: id, status: .failed, failure: .init(message: words, failedRecordsURL: nil)),
                requestID: nil
            )
        }
        let kept = harness.poller.views().compactMap(\.problem)
        #expect(kept.count == 2 && kept.allSatisfy { (1...300).contains($0.utf8.count) }, "\(kept.map(\.utf8.count))")
    }

    @Test func anOverdueJobIsToldEvenWhileTheServiceIsDown() {
        var settings = PollingSettings()
        settings.deadline = .seconds(600)
        var harness = PollerHarness(settings)
        harness.setJobs(["a"])
        harness.run(for: .seconds(1200)) { _, _ in .outage }
        #expect(harness.told.map(\.type) == [.overdue])
    }

    @Test func anUnknownStatusIsKeptAndWarnedAboutOnce() {
        var harness = PollerHarness()
        harness.setJobs(["a", "b"])
        harness.run(for: .seconds(1200)) { id, _ in .job(id, .unknown("PAUSED")) }
        #expect(harness.reports(.unknownStatus).count == 1)
        #expect(harness.told.isEmpty)
        #expect(harness.saved.last?.status == .unknown("PAUSED"))
    }

    @Test func theAnswerForARemovedJobIsIgnoredAndOthersKeepTheirSchedule() {
        var harness = PollerHarness()
        harness.latency = .seconds(30)
        harness.setJobs(["a", "b"])
        harness.run(for: .seconds(20)) { id, _ in .job(id, .processing) }
        #expect(harness.poller.inFlight > 0)
        let due = harness.poller.views().first { $0.record.key.id == "b" }?.nextPoll
        harness.setJobs(["b", "c"])
        #expect(harness.poller.views().first { $0.record.key.id == "b" }?.nextPoll == due)
        harness.run(for: .seconds(600)) { id, _ in .job(id, .completed) }
        #expect(Set(harness.told.map(\.job.id)) == ["b", "c"])
        #expect(harness.poller.inFlight == 0)
    }

    @Test func aFinishedJobIsNotPolledAfterARestart() {
        var first = PollerHarness()
        first.setJobs(["a", "b"])
        first.run(for: .seconds(300)) { id, _ in .job(id, id == "a" ? .completed : .processing) }
        var latest: [String: JobRecord] = [:]
        for record in first.saved { latest[record.key.id] = record }
        var second = PollerHarness(seed: 2)
        second.setJobs(["a", "b"], records: Array(latest.values))
        second.run(for: .seconds(600)) { id, _ in .job(id, .completed) }
        #expect(Set(second.polls.map(\.jobID)) == ["b"])
        #expect(second.told.map(\.job.id) == ["b"])
        #expect(second.told.first?.previousStatus == .processing)
    }

    @Test func countersWaitForTheNextCommitAndAreNotForgotten() {
        var harness = PollerHarness()
        harness.setJobs(["a"])
        harness.run(for: .seconds(10)) { id, _ in .job(id, .processing, processed: 1) }
        let saved = harness.saved.count
        harness.run(for: .seconds(300)) { id, clock in .job(id, .processing, processed: clock.now.nanoseconds) }
        #expect(harness.saved.count == saved)
        let first = harness.poller.takeUnsavedRecords()
        let second = harness.poller.takeUnsavedRecords()
        #expect(first.map(\.key.id) == ["a"])
        #expect(second.isEmpty)
    }

    /// Whatever the service answers: the budget holds, no end is told twice, and every job that ends is told.
    @Test func randomHistoriesKeepEveryPromise() {
        var generator = SeededGenerator(seed: 99)
        var broken: [Int] = []
        for history in 0..<60 {
            var settings = PollingSettings()
            settings.requestsPerSecond = [0.5, 1, 5].randomElement(using: &generator) ?? 1
            settings.deadline = .zero
            var harness = PollerHarness(settings, seed: UInt64(history))
            let ids = (0..<Int.random(in: 1...30, using: &generator)).map { "job-\($0)" }
            harness.setJobs(ids)
            harness.run(for: .seconds(900)) { id, _ in
                switch Int.random(in: 0..<8, using: &generator) {
                case 0: .throttle
                case 1: .outage
                case 2: .denied
                default: .job(id, .processing, processed: Int64.random(in: 0..<5, using: &generator))
                }
            }
            #expect(harness.told.isEmpty)
            harness.run(for: .seconds(7200)) { id, _ in .job(id, .completed) }
            #expect(harness.told.map(\.job.id).sorted() == ids.sorted(), "history \(history)")
            let rate = settings.requestsPerSecond
            for (first, poll) in harness.polls.enumerated() {
                for last in stride(from: first, to: min(first + 40, harness.polls.count), by: 1) {
                    let window = poll.at.duration(to: harness.polls[last].at).seconds
                    if Double(last - first + 1) > rate * window + max(1, rate) + 1e-6 { broken.append(history) }
                }
            }
        }
        #expect(broken.isEmpty)
    }
}
