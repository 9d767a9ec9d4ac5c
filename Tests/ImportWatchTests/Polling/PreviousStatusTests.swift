import ImportWatch
import TestSupport
import Testing

/// The previous status of an event is the one before the poll that told it.
@Suite struct PreviousStatusTests {
    private func told(
        _ settings: PollingSettings = PollingSettings(),
        for time: Duration,
        _ service: PollerHarness.Service
    ) -> [JobEvent] {
        var harness = PollerHarness(settings)
        harness.setJobs(["a"])
        harness.run(for: .seconds(300)) { id, _ in .job(id, .created) }
        harness.run(for: time, service: service)
        return harness.told
    }

    private var soon: PollingSettings {
        PollingSettings(deadline: .seconds(300))
    }

    @Test func overdueTellsTheStatusBeforeTheAnswer() {
        let outcomes = told(soon, for: .seconds(600)) { id, _ in .job(id, .processing) }
        #expect(outcomes.map(\.type) == [.overdue])
        #expect(outcomes.first?.job.status == .processing)
        #expect(outcomes.first?.previousStatus == .created)
    }

    @Test func overdueAfterAFailedPollTellsTheOneThatIsKnown() {
        let outcomes = told(soon, for: .seconds(900)) { _, _ in .outage }
        #expect(outcomes.map(\.type) == [.overdue])
        #expect(outcomes.first?.previousStatus == .created)
    }

    @Test func lostTellsTheLastKnownAndItsEndTheSame() {
        var calls = 0
        let outcomes = told(for: .seconds(20_000)) { id, _ in
            calls += 1
            return calls < 40 ? .missing : .job(id, .completed)
        }
        #expect(outcomes.first?.type == .lost)
        #expect(outcomes.allSatisfy { $0.previousStatus == .created })
    }
}
