import AWS
import ImportWatch
import Testing

@Suite struct ClockSkewTests {
    private let now = WallTime(secondsSinceEpoch: Int64(1_795_000_000))

    private func answer(_ date: String?) -> HTTPResponse {
        HTTPResponse(status: 403, headerBlock: Array((date.map { "Date: \($0)\r\n" } ?? "").utf8))
    }

    private let anHourAhead = "Wed, 18 Nov 2026 12:06:40 GMT"
    private let same = "Wed, 18 Nov 2026 11:06:41 GMT"

    @Test func learnsTheOffsetFromARefusal() {
        var skew = ClockSkew()
        #expect(skew.serviceTime(now: now) == now)
        let change = skew.learn(from: answer(anHourAhead), code: "RequestTimeTooSkewed", now: now)
        #expect(change == .differs(.seconds(3600)))
        #expect(skew.serviceTime(now: now).basicISO8601 == "20261118T120640Z")
        #expect(skew.learn(from: answer(anHourAhead), code: "RequestTimeTooSkewed", now: now) == nil, "told once")
    }

    @Test func isCorrectedWhenTheClockIs() {
        var skew = ClockSkew()
        _ = skew.learn(from: answer(anHourAhead), code: "RequestExpired", now: now)
        #expect(skew.learn(from: answer(anHourAhead), code: nil, now: now) == nil)
        let mended = now.advanced(by: .seconds(3600))
        #expect(skew.learn(from: answer(anHourAhead), code: "RequestInTheFuture", now: mended) == .agrees)
        #expect(skew.serviceTime(now: mended) == mended)
    }

    @Test func badSignaturesAreSkewOnlyWhereTheClocksAreFarApart() {
        for code in ["InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"] {
            var skew = ClockSkew()
            #expect(skew.learn(from: answer(same), code: code, now: now) == nil)
            let behind = now.advanced(by: .seconds(3600 + 241))
            #expect(skew.learn(from: answer(anHourAhead), code: code, now: behind) == .differs(.seconds(-241)))
        }
    }

    @Test func otherErrorsAndMissingDatesTeachNothing() {
        var skew = ClockSkew()
        #expect(skew.learn(from: answer(anHourAhead), code: "AccessDenied", now: now) == nil)
        #expect(skew.learn(from: answer(anHourAhead), code: nil, now: now) == nil)
        #expect(skew.learn(from: answer(nil), code: "RequestTimeTooSkewed", now: now) == nil)
        #expect(skew.learn(from: answer("yesterday"), code: "RequestTimeTooSkewed", now: now) == nil)
        #expect(skew == ClockSkew())
    }
}
