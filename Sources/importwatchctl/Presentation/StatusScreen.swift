import Control
import ImportWatch

/// The status of a daemon as text: what needs attention first, fitted to a terminal's width.
struct StatusScreen: Sendable {
    /// How it is shown.
    struct Style: Hashable, Sendable {
        /// The most columns of a line; `nil` for any number.
        var width: Int?
        /// The most lines, what does not fit being counted; `nil` for any number.
        var height: Int?
        /// Whether headings and trouble are coloured.
        var hasColours = false
    }

    let report: StatusReport
    /// The time that ages and waits count from.
    let now: WallTime
    var style = Style()
    /// What was seen of the jobs' pace before, for a line of bars beside each.
    var rates = RateHistory()
    /// Why there is no newer report, shown above all.
    var problem: String?

    /// The lines, each at most as wide as the style says.
    var lines: [String] {
        var head = problem.map { [trouble(cut($0.inOneLine))] } ?? []
        head += [title, report.summary].map { cut($0.inOneLine) }
        if let refusal { head.append(trouble(cut(refusal.inOneLine))) }
        let tail = (report.sources.isEmpty ? [] : [""] + table(sources)) + [""] + table(targets)
        var jobs = table(self.jobs)
        if let height = style.height {
            let room = max(2, height - head.count - tail.count - 1)
            if jobs.count > room {
                let hidden = jobs.count - room + 1
                jobs = Array(jobs.prefix(room - 1)) + [cut("… and \(hidden) more; a higher terminal shows them")]
            }
        }
        head += [""]
        return head + jobs + tail
    }

    private var refusal: String? {
        report.reloadRefused.map { "reload refused \(age($0.at)) ago: \($0.complaint)" }
    }

    private var title: String {
        if let pid = report.pid, let since = report.startedAt {
            return "importwatchd \(report.version), pid \(pid), since \(since.rfc3339)"
        }
        return "importwatchd does not run; this is what \(report.state) holds"
    }

    // MARK: Tables

    private var jobs: TextTable {
        var table = TextTable([
            .init("SOURCE", isFlexible: true, expendable: 5), .init("JOB", isFlexible: true, isCutLast: true),
            .init("STATUS"),
            .init("PROCESSED", isNumber: true), .init("FAILED", isNumber: true, expendable: 2),
            .init("RATE", isNumber: true, expendable: 4), .init("", expendable: 3),
            .init("AGE", isNumber: true, expendable: 7), .init("LAST", isNumber: true, expendable: 8),
            .init("NEXT", isNumber: true, expendable: 6), .init("PROBLEM", isFlexible: true, expendable: 1),
        ])
        for job in report.jobs {
            table.add([
                job.source, job.id, (job.attention.map { "\($0): " } ?? "") + (job.status ?? "-"),
                job.processed.map(String.init) ?? "-", job.failed.map(String.init) ?? "-",
                job.recordsPerSecond.map { "\(short($0))/s" } ?? "-", rates.bars(of: job),
                age(job.createdAt, until: job.finishedAt), age(job.answeredAt), wait(job.nextPoll), job.problem ?? "",
            ])
        }
        return table
    }

    private var sources: TextTable {
        var table = TextTable([
            .init("SOURCE", isFlexible: true), .init("REGION", expendable: 2), .init("JOBS", isNumber: true),
            .init("WATCHED", isNumber: true, expendable: 3), .init("PACE"),
            .init("CREDENTIALS", isFlexible: true, expendable: 1),
            .init("HEALTH", isFlexible: true),
        ])
        for source in report.sources {
            var credentials = source.credentials ?? "none yet"
            if let end = source.credentialsExpireAt { credentials += ", end in \(wait(end))" }
            table.add([
                source.name, source.region, String(source.jobs), String(source.watched),
                "\(short(source.pace))/s of \(short(source.requestsPerSecond))/s"
                    + (source.isThrottled ? " (throttled)" : ""),
                credentials, source.health,
            ])
        }
        return table
    }

    private var targets: TextTable {
        var table = TextTable([
            .init("TARGET", isFlexible: true), .init("PENDING", isNumber: true), .init("DEAD", isNumber: true),
            .init("LAST SUCCESS", isNumber: true, expendable: 1), .init("HEALTH", isFlexible: true),
        ])
        for target in report.targets.sorted(by: needsAttentionFirst) {
            let last = target.lastSuccess.map { "\(age($0)) ago" } ?? "-"
            let probe = target.nextProbe.map { "next probe in \(wait($0)), " } ?? ""
            table.add([target.name, String(target.pending), String(target.dead), last, probe + target.health])
        }
        return table
    }

    private func needsAttentionFirst(_ left: StatusReport.Target, _ right: StatusReport.Target) -> Bool {
        func key(_ target: StatusReport.Target) -> (Int, Int, Int, String) {
            (target.health == "ok" ? 1 : 0, -target.dead, -target.pending, target.name)
        }
        return key(left) < key(right)
    }

    private func table(_ table: TextTable) -> [String] {
        var lines = table.lines(width: style.width).map(cut)
        guard style.hasColours else { return lines }
        lines[0] = "\u{1B}[1m\(lines[0])\u{1B}[0m"
        for index in lines.indices.dropFirst() {
            let isTrouble = [
                "lost: ", "overdue: ", " FAILED", " ERROR", " CANCELLED", "refused", "endpoint down", "only throttled",
                "failing (",
                "gone: ",
            ]
            .contains { lines[index].contains($0) }
            if isTrouble { lines[index] = trouble(lines[index]) }
        }
        return lines
    }

    private func trouble(_ line: String) -> String {
        style.hasColours ? "\u{1B}[31m\(line)\u{1B}[0m" : line
    }

    // MARK: Words

    private func cut(_ line: String) -> String {
        guard let width = style.width, line.count > width else { return line }
        return line.prefix(max(0, width - 1)) + "…"
    }

    private func age(_ time: WallTime?, until end: WallTime? = nil) -> String {
        time.map { Self.brief($0.duration(to: end ?? now)) } ?? "-"
    }

    private func wait(_ time: WallTime?) -> String {
        time.map { Self.brief(now.duration(to: $0)) } ?? "-"
    }

    /// A duration in its largest unit: `0s`, `59s`, `12m`, `7h`, `3d`.
    static func brief(_ duration: Duration) -> String {
        let seconds = Int64(duration.seconds)
        switch seconds {
        case ..<60: return "\(max(0, seconds))s"
        case ..<3600: return "\(seconds / 60)m"
        case ..<172_800: return "\(seconds / 3600)h"
        default: return "\(seconds / 86_400)d"
        }
    }

    private func short(_ number: Double) -> String {
        if number >= 100 { return String(Int64(min(number, 1e15))) }
        let hundredths = Int64(max(0, number) * 100 + 0.5)
        return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
    }
}
