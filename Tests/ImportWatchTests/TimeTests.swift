import ImportWatch
import TestSupport
import Testing

@Suite struct TimeTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00.000Z", Int64(0)), ("2026-11-23T20:15:04.120Z", 1_795_464_904_120),
        ("2000-02-29T23:59:59.999Z", 951_868_799_999), ("1969-12-31T23:59:59.000Z", -1000),
        ("9999-12-31T23:59:59.000Z", 253_402_300_799_000),
    ])
    func rfc3339IsWrittenAndRead(text: String, milliseconds: Int64) {
        #expect(WallTime(millisecondsSinceEpoch: milliseconds).rfc3339 == text)
        #expect(WallTime(rfc3339: text)?.millisecondsSinceEpoch == milliseconds)
    }

    @Test func everyDayOfFourCenturiesRoundTrips() {
        let broken = (Int64(-36_524)..<109_573).filter { day in
            let time = WallTime(millisecondsSinceEpoch: day * 86_400_000)
            return WallTime(rfc3339: time.rfc3339) != time
        }
        #expect(broken.isEmpty)
    }

    @Test(arguments: ["", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-23", "2026-11-23T20:15:04", "x"])
    func whatIsNoTimestampIsNone(text: String) {
        #expect(WallTime(rfc3339: text) == nil)
        #expect(WallTime(httpDate: text) == nil)
    }

    @Test func offsetsAndFractionsAreUnderstood() {
        #expect(WallTime(rfc3339: "2026-11-23T21:15:04.1209+01:00")?.rfc3339 == "2026-11-23T20:15:04.120Z")
        #expect(WallTime(httpDate: "Tue, 29 Apr 2014 18:30:38 GMT")?.secondsSinceEpoch == 1_398_796_238)
        #expect(WallTime(millisecondsSinceEpoch: 1_795_464_904_120).basicISO8601 == "20261123T201504Z")
    }

    @Test func arithmeticSaturates() {
        let end = MonotonicInstant(nanoseconds: .max)
        #expect(end.advanced(by: .seconds(1)) == end)
        #expect(MonotonicInstant(nanoseconds: .min).duration(to: end) == Duration.nanoseconds(Int64.max))
        #expect(Duration.seconds(Int64.max).nanoseconds == .max)
        #expect(WallTime(secondsSinceEpoch: Double.infinity) == nil)
    }

    @Test(arguments: [
        (Duration.milliseconds(20), "20 ms"), (.seconds(3), "3 s"), (.seconds(125), "2 min 5 s"),
        (.seconds(15_000), "4 h 10 min"), (.seconds(266_400), "3 d 2 h"), (.seconds(3600), "1 h"),
    ])
    func durationsInWords(duration: Duration, words: String) {
        #expect(duration.inWords == words)
    }
}
