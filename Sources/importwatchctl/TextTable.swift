import Control

/// Columns of text under headings, as wide as their widest cell.
struct TextTable {
    private var rows: [[String]]

    init(headings: [String]) {
        rows = [headings]
    }

    mutating func add(_ row: [String]) {
        rows.append(row)
    }

    init(jobs: [StatusReport.Job]) {
        rows = [["SOURCE", "JOB", "STATUS", "PROCESSED", "FAILED", "NEXT POLL", ""]]
        rows += jobs.map { job in
            [
                job.source, job.id, job.status ?? "-", job.processed.map(String.init) ?? "-",
                job.failed.map(String.init) ?? "-", job.nextPoll ?? "-", job.attention ?? "",
            ]
        }
    }

    init(sources: [StatusReport.Source]) {
        rows = [["SOURCE", "REGION", "JOBS", "WATCHED", "PACE", "HEALTH"]]
        rows += sources.map { source in
            [
                source.name, source.region, String(source.jobs), String(source.watched),
                "\(rounded(source.pace))/s of \(rounded(source.requestsPerSecond))/s", source.health,
            ]
        }
    }

    init(targets: [StatusReport.Target]) {
        rows = [["TARGET", "PENDING", "LAST SUCCESS", "HEALTH"]]
        rows += targets.map { [$0.name, String($0.pending), $0.lastSuccess ?? "-", $0.health] }
    }

    /// The lines, each ended.
    var rendered: String {
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            var line = ""
            for (cell, width) in zip(row, widths) {
                line += cell + String(repeating: " ", count: width - cell.count + 2)
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

private func rounded(_ number: Double) -> String {
    let hundredths = Int64(number * 100 + 0.5)
    return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
}
