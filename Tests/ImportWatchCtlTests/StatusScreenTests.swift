import ImportWatch
import Testing

@testable import Control
@testable import importwatchctl

@Suite struct StatusScreenTests {
    private let now = time("2026-11-24T12:00:00Z")

    private func report(jobs: [StatusReport.Job]) -> StatusReport {
        StatusReport(
            version: "1.0",
            pid: 7,
            startedAt: time("2026-11-24T11:00:00.000Z"),
            configuration: "/c",
            state: "/s",
            summary: "watching \(jobs.count) jobs",
            sources: [
                .init(
                    name: "default",
                    region: "eu-west-1",
                    health: "credentials refused: ExpiredTokenException: the token is too old",
                    requestsPerSecond: 1,
                    pace: 0.25,
                    watched: 2,
                    jobs: 3,
                    nextPoll: nil,
                    isThrottled: true,
                    credentials: "profile prod",
                    credentialsExpireAt: time("2026-11-24T13:00:00Z")
                )
            ],
            jobs: jobs,
            targets: [
                .init(name: "a-good", health: "ok", pending: 0, lastSuccess: time("2026-11-24T11:59:30Z"), dead: 0),
                .init(name: "bad", health: "failing (3 in a row): timeout", pending: 4, lastSuccess: nil, dead: 2),
            ]
        )
    }

    private func job(_ id: String, rate: Double? = nil, problem: String? = nil) -> StatusReport.Job {
        .init(
            source: "default",
            id: id,
            status: "PROCESSING",
            processed: 12_345,
            failed: 0,
            answeredAt: time("2026-11-24T11:59:58Z"),
            nextPoll: time("2026-11-24T12:00:07Z"),
            attention: nil,
            createdAt: time("2026-11-24T09:30:00Z"),
            recordsPerSecond: rate,
            problem: problem
        )
    }

    private func screen(_ jobs: [StatusReport.Job], _ style: StatusScreen.Style = .init()) -> [String] {
        StatusScreen(report: report(jobs: jobs), now: now, style: style).lines
    }

    @Test func everythingIsShownWhereThereIsRoom() {
        let lines = screen([
            job("6f0c4f8e-0d3b-4f9a-9a55-0c1d2e3f4a5b", rate: 350.4, problem: "NotFoundException: gone")
        ])
        #expect(
            lines
                == [
                    "importwatchd 1.0, pid 7, since 2026-11-24T11:00:00.000Z",
                    "watching 1 jobs",
                    "",
                    "SOURCE   JOB                                   STATUS      PROCESSED  FAILED   RATE  AGE  LAST  NEXT  PROBLEM",
                    "default  6f0c4f8e-0d3b-4f9a-9a55-0c1d2e3f4a5b  PROCESSING      12345       0  350/s   2h    2s    7s"
                        + "  NotFoundException: gone",
                    "",
                    "SOURCE   REGION     JOBS  WATCHED  PACE                       CREDENTIALS              HEALTH",
                    "default  eu-west-1     3        2  0.25/s of 1.00/s (throttled)  profile prod, end in 1h"
                        + "  credentials refused: ExpiredTokenException: the token is too old",
                    "",
                    "TARGET  PENDING  DEAD  LAST SUCCESS  HEALTH",
                    "bad           4     2             -  failing (3 in a row): timeout",
                    "a-good        0     0       30s ago  ok",
                ].map { $0.replacing("PACE                       CRED", with: "PACE                          CRED") }
        )
    }

    @Test(arguments: [40, 60, 80, 100, 132, 200])
    func noLineIsWiderThanTheTerminal(width: Int) {
        let jobs = [
            job("6f0c4f8e-0d3b-4f9a-9a55-0c1d2e3f4a5b", rate: 3, problem: String(repeating: "long ", count: 90))
        ]
        let lines = screen(jobs + [job("a\u{1B}[31m\nb")], .init(width: width))
        for line in lines { #expect(line.count <= width, "\(line)") }
        #expect(lines.contains { $0.contains("6f0c4f8e".prefix(7)) })
        #expect(!lines.joined().contains("\u{1B}"))
    }

    /// An ID that is cut is good for nothing; all that can be done without goes before.
    @Test func idsAreWholeAtEightyColumns() {
        let ids = (0..<3).map { "6f0c4f8e-0d3b-4f9a-9a55-0c1d2e3f4a5\($0)" }
        var rates = RateHistory()
        for rate in [10.0, 20, 30] { rates.note(report(jobs: ids.map { job($0, rate: rate) })) }
        for attention in [nil, "lost", "overdue"] {
            var jobs = ids.map { job($0, rate: 30, problem: String(repeating: "long ", count: 90)) }
            for index in jobs.indices { (jobs[index].source, jobs[index].attention) = ("eu-production", attention) }
            let lines = StatusScreen(report: report(jobs: jobs), now: now, style: .init(width: 80), rates: rates).lines
            for id in ids { #expect(lines.contains { $0.contains(id) && $0.count <= 80 }, "\(lines)") }
            #expect(lines.contains { $0.contains("PROCESSED") })
        }
    }

    /// What goes lets others have its room.
    @Test func roomThatBecomesFreeIsUsed() {
        let jobs = [job("6f0c4f8e-0d3b-4f9a-9a55-0c1d2e3f4a5b", problem: String(repeating: "long ", count: 90))]
        for width in 60...160 {
            let lines = screen(jobs, .init(width: width))
            guard let row = lines.first(where: { $0.contains("PROCESSING") }), row.contains("long") else { continue }
            #expect(row.count >= width - 1, "\(width): \(row)")
        }
    }

    @Test func controlCharactersAreOneBlank() {
        var bad = job("a\u{1B}[31m\r\n\tb", problem: "x\u{7}\u{9B}y\u{202E}z")
        bad.source = "s\u{0}t"
        var shown = report(jobs: [bad])
        shown.summary = "watching\u{1B}]0;title\u{7}\n1"
        shown.version = "1\u{1B}c"
        let lines = StatusScreen(report: shown, now: now).lines
        #expect(lines[0].hasPrefix("importwatchd 1 c, pid 7") && lines[1] == "watching ]0;title 1")
        #expect(lines.contains { $0.hasPrefix("s t     a [31m b  PROCESSING") && $0.hasSuffix("x y z") }, "\(lines)")
    }

    @Test func aRefusedReloadIsShown() throws {
        var refused = report(jobs: [])
        refused.reloadRefused = .init(at: time("2026-11-24T11:48:00Z"), complaint: "c.toml:3:1: unknown\u{1B} key")
        let lines = StatusScreen(report: refused, now: now, style: .init(width: 80, hasColours: true)).lines
        #expect(lines[2] == "\u{1B}[31mreload refused 12m ago: c.toml:3:1: unknown  key\u{1B}[0m", "\(lines[2])")
        #expect(try StatusReport(json: refused.json) == refused)
    }

    @Test func whatDoesNotFitInHeightIsCounted() {
        let lines = screen((0..<100).map { job("job-\($0)") }, .init(width: 80, height: 24))
        #expect(lines.count <= 24)
        #expect(lines.contains { $0.hasPrefix("… and ") && $0.contains(" more") })
        #expect(lines.last?.hasPrefix("a-good") == true)
    }

    @Test func troubleIsColouredOnlyWhereColoursAreWelcome() {
        #expect(!screen([job("a")]).joined().contains("\u{1B}"))
        let coloured = screen([job("a")], .init(width: 160, hasColours: true))
        #expect(coloured.contains { $0.hasPrefix("\u{1B}[31m") && $0.contains("credentials refused") })
    }

    @Test func barsShowHowTheRateWent() {
        var rates = RateHistory()
        for rate in [nil, 10.0, 20, 40, 40, 0] { rates.note(report(jobs: [job("a", rate: rate), job("still")])) }
        #expect(rates.bars(of: job("a")) == "▁▂▄██▁")
        #expect(rates.bars(of: job("still")) == "")
        rates.note(report(jobs: []))
        #expect(rates.bars(of: job("a")) == "")
    }

    @Test(arguments: [
        (0, "0s"), (59, "59s"), (60, "1m"), (3599, "59m"), (7200, "2h"), (172_799, "47h"), (172_800, "2d"),
    ])
    func durationsAreBrief(seconds: Int, text: String) {
        #expect(StatusScreen.brief(.seconds(seconds)) == text)
    }
}

private func time(_ text: String) -> WallTime {
    WallTime(rfc3339: text) ?? WallTime(millisecondsSinceEpoch: 0)
}
