import AWS
import Control
import ImportWatch
import TestSupport
import Testing
import Webhook

@testable import ImportWatchDaemon

extension Hostile {
    /// Random answers with values at the ends of their types go all the way to what people and programs see.
    @Suite @MainActor final class AnswerFuzzTests {
        private static let numbers = [
            "-9223372036854775808", "9223372036854775807", "9223372036854775808", "-1000000000000000000", "-1", "0",
            "1",
            "1e308", "-1e308", "1e-308", "1e999", "0.5", "null", "\"NaN\"", "true", "[]", "{}",
        ]
        private static let integers = ["-9223372036854775808", "9223372036854775807", "-1000000000000000000", "1000"]
        private static let counters = integers + integers + integers + numbers
        private static let times =
            Array(repeating: "1795000000", count: 60) + numbers + [
                "-62135596800", "-62135596801", "253402300799", "253402300800", "\"0001-01-01T00:00:00+23:59\"",
                "\"9999-12-31T23:59:59.999-23:59\"", "\"10000-01-01T00:00:00Z\"", "1795000000.123",
            ]
        private static let statuses = [
            "\"CREATED\"", "\"PROCESSING\"", "\"PROCESSING\"", "\"COMPLETED\"", "\"FAILED\"", "\"CANCELLED\"", "\"?\"",
            "7",
        ]
        private static let headers = [
            "", "Retry-After: 4294967295", "Retry-After: 99999999999999999999", "Retry-After: -1", "Retry-After: NaN",
            "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT", "Retry-After: Mon, 01 Jan 0001 00:00:00 GMT",
            "x-amz-retry-after: 4294967295", "x-amz-retry-after: -9223372036854775808", "x-amz-retry-after: 1e308",
        ]
        private static let walls: [Int64] = [
            .min, -62_135_596_800_000, 0, 1_795_000_000_000, 253_402_300_799_999, .max,
        ]

        private var random = SeededGenerator(seed: 2)

        private func pick<Element>(_ elements: [Element]) -> Element {
            elements[Int.random(in: 0..<elements.count, using: &random)]
        }

        private func response() -> HTTPResponse {
            let body = """
                {"JobStatus": \(pick(Self.statuses)), "ProcessedRecordsCount": \(pick(Self.counters)),
                 "FailedRecordsCount": \(pick(Self.counters)), "CreatedTimestamp": \(pick(Self.times)),
                 "CompletedTimestamp": \(pick(Self.times))}
                """
            let status = pick([200, 200, 200, 200, 200, 200, 200, 200, 404, 429, 503, 500, 403, 100, 599])
            return HTTPResponse(
                status: status,
                headerBlock: Array((pick(Self.headers) + "\r\n").utf8),
                body: Array(body.utf8)
            )
        }

        @Test func nothingThatAServiceSaysStopsTheWatch() throws {
            var ended = 0
            for history in 0..<60 {
                let settings = PollingSettings(requestsPerSecond: pick([.leastNonzeroMagnitude, 1, 1000, 1000]))
                var now = MonotonicInstant(nanoseconds: pick([.min, 0, 1_000_000_000_000]))
                var generator = SeededGenerator(seed: UInt64(history))
                var poller = JobPoller(source: "s", region: "r", settings: settings, now: now)
                var statistics = PollStatistics()
                var records: [String: JobRecord] = [:]
                for _ in 0..<100 {
                    let wall = WallTime(millisecondsSinceEpoch: pick(Self.walls))
                    now = now.advanced(by: pick([.zero, .seconds(5), .seconds(4000), .seconds(1_000_000)]))
                    var actions = poller.setJobs(
                        ["a", "b", "c"],
                        records: { records[$0] },
                        now: now,
                        wall: wall,
                        using: &generator
                    )
                    if pick([true, false, false, false, false]) {
                        let rate = pick([Double.leastNonzeroMagnitude, 0.5, 1000, 1000])
                        poller.setSettings(PollingSettings(requestsPerSecond: rate), now: now)
                    }
                    for ticket in poller.duePolls(now: now) {
                        let result = GetImportJob(jobID: ticket.jobID).result(of: response(), now: wall)
                        let landing = now.advanced(by: pick([.zero, .zero, .seconds(15)]))
                        statistics.note(result, took: now.duration(to: landing), at: wall)
                        actions += poller.handle(result, for: ticket, now: landing, wall: wall, using: &generator)
                    }
                    for action in actions {
                        switch action {
                        case .save(let record): records[record.key.id] = record
                        case .report(let entry): #expect(!entry.message.isEmpty)
                        case .tell(let outcome):
                            ended += outcome.type == .lost || outcome.type == .overdue ? 0 : 1
                            show(outcome.event(digest: { Array($0.prefix(32)) }))
                        }
                    }
                    show(poller, statistics, now: now, wall: wall)
                    if pick([true, false, false, false]) {
                        records = [:]
                        _ = poller.setJobs([], records: { _ in nil }, now: now, wall: wall, using: &generator)
                    }
                }
            }
            #expect(ended > 50, "only \(ended) ends were told")
        }

        private func show(_ event: JobEvent) {
            #expect(!JournalEntry(telling: event).message.isEmpty)
            for format in WebhookFormat.all {
                #expect(!format.body(event, includesFailedRecordsURL: true).isEmpty)
            }
        }

        private func show(_ poller: JobPoller, _ statistics: PollStatistics, now: MonotonicInstant, wall: WallTime) {
            for rate in poller.views().compactMap(\.recordsPerSecond) { #expect(rate > 0 && rate.isFinite) }
            let overview = Overview(pollers: [poller], schedules: [], stateProblem: nil, now: now, wall: wall)
            let report = overview.report(configuration: "", state: "", startedAt: wall, summary: "", job: nil)
            #expect(report.jobs.count <= 3)
            let metrics = MetricsReport(
                configuration: "",
                sources: [MetricsReport.Source(poller: poller, statistics: statistics, credentialsExpireAt: wall)],
                schedules: [],
                startedAt: wall,
                reload: MetricsReport.Reload(wasSuccessful: true, lastSuccess: wall),
                isStateWritable: true
            ).text
            #expect(!metrics.contains(" nan"))
        }
    }
}
