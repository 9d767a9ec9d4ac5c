import ImportWatch
import JSON
import TestSupport
import Testing

/// The public cases for the three formats in which services write times.
@Suite struct TimestampConformanceTests {
    @Test func readsEveryCase() throws {
        guard let bytes = try Conformance.read("protocol/timestamp-tests.json") else { return }
        let suites = try JSONValue(decoding: bytes)
        let epoch = try run(suites["parse_epoch_seconds"], fractionHasSign: true) { text in
            guard let number = (try? JSONCursor(decoding: Array(text.utf8)))?.number else { return nil }
            return WallTime(secondsSinceEpoch: number)
        }
        let httpDate = try run(suites["parse_http_date"]) { WallTime(httpDate: $0) }
        let dateTime = try run(suites["parse_date_time"]) { WallTime(rfc3339: $0) }
        #expect([epoch, httpDate, dateTime] == [122, 86, 86])
        Conformance.report("timestamps", ran: epoch + httpDate + dateTime, of: 294)
    }

    /// - Parameter fractionHasSign: Whether the fraction of a time before 1970 counts backwards, as in a number.
    private func run(
        _ suite: JSONValue?,
        fractionHasSign: Bool = false,
        parse: (String) -> WallTime?
    ) throws -> Int {
        let cases = try #require(suite?.array)
        let years = (Int64(-62_135_596_800)...253_402_300_799)
        for testCase in cases {
            let text = try #require(testCase["smithy_format_value"]?.string)
            let secondsText = try #require(testCase["canonical_seconds"]?.string)
            let seconds = try #require(Int64(secondsText))
            let sign: Int64 = fractionHasSign && seconds < 0 ? -1 : 1
            let milliseconds = sign * (testCase["canonical_nanos"]?.integer ?? 0) / 1_000_000
            let time = parse(text)
            if years.contains(seconds), testCase["error"]?.bool != true {
                let difference = (time?.millisecondsSinceEpoch ?? .max).subtractingReportingOverflow(
                    seconds * 1000 + milliseconds
                )
                #expect(abs(difference.partialValue) <= 1, "\(text)")
            } else {
                #expect(time == nil, "\(text) lies outside the years 1 to 9999")
            }
        }
        return cases.count
    }
}
