import ImportWatch
import TestSupport
import Testing

@testable import AWS

@Suite struct ClockSkewTests {
    private let now = WallTime(secondsSinceEpoch: Int64(1_795_000_000))

    private func answer(_ date: String?) -> HTTPResponse {
        HTTPResponse(status: 403, headerBlock: Array((date.map { "Date: \($0)\r\n" } ?? "").utf8))
    }

    private let anHourAhead = "Wed, 18 Nov 2026 12:06:40 GMT"
    private let same = "Wed, 18 Nov 2026 11:06:41 GMT"

    @discardableResult
    private func refuse(
        _ skew: inout ClockSkew,
        _ date: String?,
        code: String = "RequestTimeTooSkewed",
        revision: Int? = nil,
        now: WallTime? = nil
    ) -> ClockSkew.Lesson {
        let revision = revision ?? skew.revision
        return skew.learn(from: answer(date), .refused(code: code), signedUnder: revision, now: now ?? self.now)
    }

    @discardableResult
    private func accept(_ skew: inout ClockSkew, _ date: String?, now: WallTime? = nil) -> ClockSkew.Change? {
        skew.learn(from: answer(date), .accepted, signedUnder: skew.revision, now: now ?? self.now).change
    }

    @Test func learnsTheOffsetFromARefusal() {
        var skew = ClockSkew()
        #expect(skew.serviceTime(now: now) == now)
        let lesson = refuse(&skew, anHourAhead)
        #expect(lesson.change == .differs(.seconds(3600)))
        #expect(lesson.isWorthRepeating)
        #expect(skew.serviceTime(now: now).basicISO8601 == "20261118T120640Z")
        #expect(refuse(&skew, anHourAhead) == ClockSkew.Lesson(), "told once, and not the time's trouble any more")
    }

    @Test func isCorrectedWhenTheClockIs() {
        var skew = ClockSkew()
        refuse(&skew, anHourAhead, code: "RequestExpired")
        #expect(accept(&skew, anHourAhead) == nil)
        let mended = now.advanced(by: .seconds(3600))
        #expect(refuse(&skew, anHourAhead, code: "RequestInTheFuture", now: mended).isWorthRepeating)
        #expect(skew.serviceTime(now: mended) == mended)
        for _ in 1..<10 { #expect(accept(&skew, anHourAhead, now: mended) == nil) }
        #expect(accept(&skew, anHourAhead, now: mended) == .agrees)
        #expect(accept(&skew, anHourAhead, now: mended) == nil)
    }

    @Test func anAcceptedAnswerThatAgreesEndsTheCorrectionAtOnce() {
        var skew = ClockSkew()
        refuse(&skew, anHourAhead)
        accept(&skew, same)
        #expect(skew.serviceTime(now: now) == now)
    }

    @Test func badSignaturesAreSkewOnlyWhereTheClocksAreFarApart() {
        for code in ["InvalidSignatureException", "SignatureDoesNotMatch", "AuthFailure"] {
            var skew = ClockSkew()
            #expect(refuse(&skew, same, code: code) == ClockSkew.Lesson())
            let behind = now.advanced(by: .seconds(3600 + 241))
            #expect(refuse(&skew, anHourAhead, code: code, now: behind).change == .differs(.seconds(-241)))
        }
    }

    @Test func otherErrorsAndMissingDatesTeachNothing() {
        var skew = ClockSkew()
        #expect(refuse(&skew, anHourAhead, code: "AccessDenied") == ClockSkew.Lesson())
        #expect(refuse(&skew, nil) == ClockSkew.Lesson())
        #expect(refuse(&skew, "yesterday") == ClockSkew.Lesson())
        #expect(accept(&skew, anHourAhead) == nil)
        #expect(skew == ClockSkew())
    }

    @Test func aDateThatIsYearsAwayIsNotSignedWith() {
        for date in ["Fri, 01 Jan 2400 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "Mon, 01 Jan 0001 00:00:00 GMT"]
        {
            var skew = ClockSkew()
            #expect(refuse(&skew, date) == ClockSkew.Lesson())
            #expect(skew == ClockSkew())
        }
    }

    /// Many calls are under way when the clock turns out to be wrong: each of them is repeated, and once.
    @Test func callsThatWereSignedBeforeACorrectionAreRepeatedUnderIt() {
        var skew = ClockSkew()
        for _ in 0..<64 { #expect(refuse(&skew, anHourAhead, revision: 0).isWorthRepeating) }
        for _ in 0..<64 { #expect(!refuse(&skew, anHourAhead, revision: 1).isWorthRepeating) }
        #expect(skew.revision == 1)
    }

    /// Two hosts an hour apart, and others whose Date is anything, in random order: no more calls are repeated than were
    /// accepted and one, and what is told grows with the logarithm of their number.
    @Test func hostsThatDifferEndNeitherInRepetitionsNorInWarnings() {
        var random = SeededGenerator(seed: 13)
        for history in 0..<16 {
            let offsets: [Int64] = history % 2 == 0 ? [0, 3600] : [0, 3600, -7200, 86_400, 3_000_000_000]
            let refusing = Double(history % 8) / 8
            var (skew, accepted, repeated, told, furthest) = (ClockSkew(), 0, 0, 0, 0.0)
            for second in 0..<3000 {
                let time = now.advanced(by: .seconds(Int64(second)))
                let clock = time.advanced(by: .seconds(offsets.randomElement(using: &random) ?? 0))
                let response = answer(clock.httpDate)
                let error = skew.serviceTime(now: time).duration(to: clock).seconds
                let verdict: ClockSkew.Verdict
                if abs(error) > 300 || Double.random(in: 0..<1, using: &random) < refusing {
                    verdict = .refused(code: "RequestTimeTooSkewed")
                } else {
                    verdict = .accepted
                    accepted += 1
                }
                let lesson = skew.learn(from: response, verdict, signedUnder: skew.revision, now: time)
                if lesson.isWorthRepeating { repeated += 1 }
                if lesson.change != nil { told += 1 }
                furthest = max(furthest, abs(skew.offset.seconds))
            }
            #expect(repeated <= accepted + 1)
            #expect(furthest < 366 * 86_400)
            #expect(told <= 20, "\(told) in history \(history)")
        }
    }
}
