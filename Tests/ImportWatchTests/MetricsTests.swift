import TestSupport
import Testing

@testable import ImportWatch

@Suite struct MetricsTests {
    @Test func familiesAreWrittenInTheTextFormatAndLabelsEscaped() {
        let families = [
            MetricFamily(
                "a_total",
                .counter,
                "Counts.",
                [
                    .init(
                        3,
                        labels: [.init("x", "quote \" slash \\ line\nend"), .init("y", "https://h.example/secret")]
                    ),
                    .init(0.25),
                ]
            ),
            MetricFamily("none", .gauge, "Not there.", []),
        ]
        #expect(
            MetricFamily.text(families) == """
                # HELP a_total Counts.
                # TYPE a_total counter
                a_total{x="quote \\" slash \\\\ line\\nend",y="https://h.example[redacted]"} 3
                a_total 0.25

                """
        )
    }

    @Test func bucketsOfAHistogramAddUp() {
        var histogram = Histogram(limits: [0.25, 1])
        for milliseconds in [125, 250, 500, 1000, 5000] { histogram.observe(.milliseconds(milliseconds)) }
        histogram.observe(.milliseconds(-3))
        let text = MetricFamily.text([MetricFamily("h_seconds", .histogram, "H.", histogram.samples([]))])
        for line in [
            "h_seconds_bucket{le=\"0.25\"} 3", "h_seconds_bucket{le=\"1\"} 5", "h_seconds_bucket{le=\"+Inf\"} 6",
            "h_seconds_sum 6.875", "h_seconds_count 6",
        ] {
            #expect(text.contains(line + "\n"), "\(text)")
        }
    }

    @Test func writesAtMostEvery15SecondsAndNeverWithoutAChange() {
        var clock = VirtualClock()
        var schedule = MetricsSchedule()
        var writes: [Double] = []
        let start = clock.now
        for second in 0..<100 {
            if second < 40 || second == 90 { schedule.changed() }
            if schedule.isDue(now: clock.now) { writes.append(start.duration(to: clock.now).seconds) }
            clock.advance(by: .seconds(1))
        }
        #expect(writes == [0, 15, 30, 45, 90])
        #expect(schedule.next == nil)
        schedule.changed()
        #expect(schedule.next.map { start.duration(to: $0) } == .seconds(105))
    }

    @Test func aReceiverCanMakeNoReasonsUp() {
        var statistics = DeliveryStatistics()
        for status in 400..<600 {
            let problem = NotificationProblem(kind: "http_\(status)", message: "", httpStatus: status)
            statistics.note(.retry(problem), isDead: status == 599)
        }
        statistics.note(.retry(NotificationProblem(kind: "timeout", message: "")), isDead: false)
        statistics.note(.delivered(httpStatus: 200), isDead: false)
        #expect(
            statistics.attempts == [
                "http_4xx": 98, "http_410": 1, "http_429": 1, "http_5xx": 100, "timeout": 1, "delivered": 1,
            ]
        )
        #expect(statistics.deadLetters == 1)
    }
}
