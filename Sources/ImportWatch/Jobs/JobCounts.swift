/// How many jobs there are, by how they stand.
public struct JobCounts: Hashable, Sendable {
    /// All jobs in the list.
    public private(set) var listed = 0
    /// Jobs that have not ended.
    public private(set) var watched = 0
    /// Jobs whose last status is PROCESSING.
    public private(set) var processing = 0
    /// Jobs that have not ended and were told as lost.
    public private(set) var lost = 0
    /// Jobs that have not ended, were told as overdue and not as lost.
    public private(set) var overdue = 0
    /// Jobs that have ended, by how.
    public private(set) var ended: [EventType: Int] = [:]

    /// Makes counts of nothing.
    public init() {}

    /// Counts one more job.
    public mutating func add(_ record: JobRecord) {
        listed += 1
        if record.status == .processing { processing += 1 }
        if record.finishedAt != nil {
            if let end = record.end { ended[end, default: 0] += 1 }
        } else {
            watched += 1
            if record.toldLost { lost += 1 } else if record.toldOverdue { overdue += 1 }
        }
    }

    /// Counts the jobs of others.
    public mutating func add(_ other: JobCounts) {
        listed += other.listed
        watched += other.watched
        processing += other.processing
        lost += other.lost
        overdue += other.overdue
        ended.merge(other.ended, uniquingKeysWith: +)
    }

    /// What needs a look, in words: `2 failed`, `1 lost`.
    public var trouble: [String] {
        let counts: [(Int?, String)] = [
            (ended[.failed], "failed"), (ended[.cancelled], "cancelled"),
            (ended[.completedWithErrors], "with failed records"), (lost, "lost"), (overdue, "overdue"),
        ]
        return counts.compactMap { count, words in
            guard let count, count > 0 else { return nil }
            return "\(count) \(words)"
        }
    }
}
