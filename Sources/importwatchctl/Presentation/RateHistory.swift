import Control

/// How fast jobs went at the last few looks, for a line of bars beside each.
struct RateHistory: Sendable {
    private static let length = 12
    private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    private var rates: [String: [Double]] = [:]

    /// Notes how fast the jobs of a report go; those that are gone or have ended are forgotten.
    mutating func note(_ report: StatusReport) {
        var kept: [String: [Double]] = [:]
        for job in report.jobs where job.finishedAt == nil {
            let before = rates[Self.key(job)] ?? []
            kept[Self.key(job)] = Array((before + [job.recordsPerSecond ?? 0]).suffix(Self.length))
        }
        rates = kept
    }

    /// One bar a look, the highest for the job's own fastest; empty for a job that never moved.
    func bars(of job: StatusReport.Job) -> String {
        guard let rates = rates[Self.key(job)], let highest = rates.max(), highest > 0, highest.isFinite
        else { return "" }
        return String(rates.map { Self.bars[Int(max(0, $0 / highest) * Double(Self.bars.count - 1))] })
    }

    private static func key(_ job: StatusReport.Job) -> String {
        job.source + "\n" + job.id
    }
}
