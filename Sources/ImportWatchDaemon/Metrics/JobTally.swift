import ImportWatch

/// A source's jobs, counted for the metrics.
struct JobTally {
    /// The values of the label `status`; what the service may yet invent counts as unknown.
    static let statuses = [
        "unanswered", "CREATED", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED", "ERROR", "unknown",
    ]

    var byStatus: [String: Int] = [:]
    var lost = 0
    var overdue = 0
    var oldestPending: WallTime?

    init(_ poller: JobPoller) {
        for view in poller.views() {
            let record = view.record
            byStatus[Self.label(record.status), default: 0] += 1
            guard record.finishedAt == nil else { continue }
            if record.toldLost { lost += 1 }
            if record.toldOverdue { overdue += 1 }
            let begun = record.createdAt ?? record.firstSeenAt
            oldestPending = oldestPending.map { min($0, begun) } ?? begun
        }
    }

    private static func label(_ status: JobStatus?) -> String {
        switch status {
        case nil: "unanswered"
        case .unknown: "unknown"
        case let status?: status.rawValue
        }
    }
}
