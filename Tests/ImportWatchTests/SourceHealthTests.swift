import TestSupport
import Testing

@testable import ImportWatch

/// Every trouble that is told ends with a recovery that is told.
@Suite final class SourceHealthTests {
    private let refusal = ServiceProblem(code: "ExpiredTokenException", message: "expired")
    private let outage = ServiceProblem(code: "timeout", message: "no answer")
    private var clock = VirtualClock()
    private var generator = SeededGenerator(seed: 7)
    private var health: SourceHealth

    init() {
        health = SourceHealth(backoff: PollingSettings().backoff, now: clock.now)
    }

    private func refused() -> [SourceHealth.Change] {
        clock.advance(by: .seconds(1))
        return health.credentialsRefused(refusal, now: clock.now, using: &generator)
    }

    private func failed() -> [SourceHealth.Change] {
        clock.advance(by: .seconds(1))
        return health.failed(outage, now: clock.now, using: &generator)
    }

    private func answered() -> [SourceHealth.Change] {
        clock.advance(by: .seconds(1))
        return health.answered(now: clock.now)
    }

    @Test func refusedThenDownThenAnsweredTellsBothRecoveries() {
        #expect(refused() == [.credentialsRefused(refusal)])
        #expect(refused() == [])
        #expect(failed() == [])
        #expect(failed() == [])
        #expect(failed() == [.endpointDown(outage, failures: 3)])
        #expect(failed() == [])
        #expect(
            answered() == [
                .endpointUp(after: .seconds(2), failures: 4), .credentialsAccepted(after: .seconds(6), refusals: 2),
            ]
        )
        #expect(health.isHealthy)
        #expect(answered() == [])
    }

    @Test func aRefusalShowsThatTheEndpointAnswers() {
        _ = (failed(), failed())
        #expect(failed() == [.endpointDown(outage, failures: 3)])
        #expect(refused() == [.endpointUp(after: .seconds(1), failures: 3), .credentialsRefused(refusal)])
        #expect(answered() == [.credentialsAccepted(after: .seconds(1), refusals: 1)])
    }

    @Test func anEndpointThatFallsAgainSoonIsGivenMoreFailures() {
        for threshold in [3, 6, 12, 24, 48, 48] {
            for _ in 1..<threshold { #expect(failed() == []) }
            #expect(failed() == [.endpointDown(outage, failures: threshold)])
            #expect(answered().count == 1)
        }
        clock.advance(by: .seconds(700))
        #expect(answered() == [])
        _ = (failed(), failed())
        #expect(failed() == [.endpointDown(outage, failures: 3)])
    }
}
