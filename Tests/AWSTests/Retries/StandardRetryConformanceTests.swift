import ImportWatch
import JSON
import TestSupport
import Testing

@testable import AWS

/// The public cases of the standard retry mode in its present form.
@Suite struct StandardRetryConformanceTests {
    @Test func decidesEveryCase() throws {
        guard let bytes = try Conformance.read("retries/NewStandardRetryIntegrationTestResources.json") else { return }
        let cases = try #require(try JSONValue(decoding: bytes)["cases"]?.array)
        for testCase in cases {
            let name = testCase["name"]?.string ?? ""
            var quota = RetryQuota(tokens: Int(testCase["given"]?["initial_retry_tokens"]?.integer ?? 500))
            if let threads = testCase["threads"]?.array {
                try playInTurn(threads, settings: settings(testCase), quota: &quota, name: name)
                #expect(quota.tokens == Int(testCase["expected_final_quota"]?.integer ?? -1), "\(name)")
            } else {
                var call = Call(settings: settings(testCase))
                for step in try #require(testCase["responses"]?.array) {
                    try call.play(step, quota: &quota, name: name)
                }
            }
        }
        #expect(cases.count == 19)
        Conformance.report("standard retries", ran: cases.count, of: cases.count)
    }

    /// The first call fails twice, the second fails and succeeds, then the first succeeds: the order the quotas show.
    private func playInTurn(
        _ threads: [JSONValue],
        settings: StandardRetry.Settings,
        quota: inout RetryQuota,
        name: String
    ) throws {
        var calls = threads.map { _ in Call(settings: settings) }
        for (thread, step) in [(0, 0), (0, 1), (1, 0), (1, 1), (0, 2)] {
            let steps = try #require(threads[thread].array)
            try calls[thread].play(steps[step], quota: &quota, name: name)
        }
    }

    private func settings(_ testCase: JSONValue) -> StandardRetry.Settings {
        var settings = StandardRetry.Settings()
        let given = testCase["given"]
        if let attempts = given?["max_attempts"]?.integer { settings.maximumAttempts = Int(attempts) }
        if let longest = given?["max_backoff_time"]?.number { settings.longestDelay = .seconds(longest) }
        return settings
    }

    /// One call after the other: a call that ended gives way to a new one.
    private struct Call {
        var settings: StandardRetry.Settings
        var retry: StandardRetry

        init(settings: StandardRetry.Settings) {
            self.settings = settings
            retry = StandardRetry(settings: settings)
        }

        mutating func play(_ step: JSONValue, quota: inout RetryQuota, name: String) throws {
            let response = try #require(step["response"])
            let expected = try #require(step["expected"])
            let (outcome, delay) = outcome(of: response, quota: &quota)
            #expect(outcome == expected["outcome"]?.string, "\(name)")
            if let tokens = expected["retry_quota"]?.integer { #expect(quota.tokens == Int(tokens), "\(name)") }
            if let seconds = expected["delay"]?.number {
                #expect(abs((delay?.seconds ?? -1) - seconds) < 1e-6, "\(name)")
            }
            if outcome != "retry_request" { retry = StandardRetry(settings: settings) }
        }

        private mutating func outcome(of response: JSONValue, quota: inout RetryQuota) -> (String, Duration?) {
            let status = Int(response["status_code"]?.integer ?? 0)
            guard status >= 300 else {
                retry.succeeded(quota: &quota)
                return ("success", nil)
            }
            var lines = (response["headers"]?.object ?? []).map { "\($0.name): \($0.value.string ?? "")\r\n" }
            if let code = response["error_code"]?.string { lines.append("x-amzn-errortype: \(code)\r\n") }
            let error = ServiceError(
                HTTPResponse(status: status, headerBlock: Array(lines.joined().utf8)),
                now: WallTime(secondsSinceEpoch: Int64(0))
            )
            let failure = StandardRetry.Failure(error)
            switch retry.failed(failure, hint: error.retryAfter, random: 1, quota: &quota) {
            case .retry(let delay): return ("retry_request", delay)
            case .permanent: return ("fail_request", nil)
            case .attemptsExhausted: return ("max_attempts_exceeded", nil)
            case .quotaExhausted(let backoff): return ("retry_quota_exceeded", backoff)
            }
        }
    }
}
