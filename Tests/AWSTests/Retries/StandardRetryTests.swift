import ImportWatch
import Testing

@testable import AWS

@Suite struct StandardRetryTests {
    @Test func delaysAreDrawnFromZeroToTheBound() {
        var quota = RetryQuota()
        var settings = StandardRetry.Settings()
        settings.maximumAttempts = 100
        var retry = StandardRetry(settings: settings)
        #expect(retry.failed(.transient, hint: nil, random: 0, quota: &quota) == .retry(after: .zero))
        #expect(retry.failed(.transient, hint: nil, random: 0.5, quota: &quota) == .retry(after: .milliseconds(50)))
        #expect(retry.failed(.throttling, hint: nil, random: 1, quota: &quota) == .retry(after: .seconds(4)))
        for _ in 0..<25 { _ = retry.failed(.throttling, hint: nil, random: 1, quota: &quota) }
        #expect(retry.failed(.throttling, hint: nil, random: 1, quota: &quota) == .retry(after: .seconds(20)))
    }

    @Test func aSuccessAtTheFirstTryGivesBackOne() {
        var quota = RetryQuota(tokens: 498)
        for expected in [499, 500, 500] {
            StandardRetry().succeeded(quota: &quota)
            #expect(quota.tokens == expected)
        }
    }

    @Test func transportFailuresAreTransientUnlessTheyWouldRepeat() {
        #expect(StandardRetry.Failure(.timeout(host: "h")) == .transient)
        #expect(StandardRetry.Failure(.connectionLost(host: "h", reason: "r")) == .transient)
        #expect(StandardRetry.Failure(.badAddress(reason: "r")) == .permanent)
        #expect(StandardRetry.Failure(.tls(host: "h", reason: "r")) == .permanent)
    }
}
