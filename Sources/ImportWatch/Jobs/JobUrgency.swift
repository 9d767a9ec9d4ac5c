/// How much a job needs a person's look, the most needy first.
enum JobUrgency: Int, CaseIterable, Comparable, Sendable {
    /// It was told as lost or overdue, and that is how it stands.
    case inTrouble
    /// It failed, was cancelled, or completed with failed records.
    case endedBadly
    /// It has not ended.
    case open
    /// It completed.
    case endedWell

    init(_ record: JobRecord) {
        if record.finishedAt == nil {
            self = record.toldLost || record.toldOverdue ? .inTrouble : .open
        } else {
            switch record.end {
            case .failed, .cancelled, .completedWithErrors: self = .endedBadly
            default: self = .endedWell
            }
        }
    }

    static func < (left: JobUrgency, right: JobUrgency) -> Bool { left.rawValue < right.rawValue }
}

extension JobRecord {
    /// How the job ended; `nil` while it has not.
    public var end: EventType? {
        finishedAt == nil ? nil : status.flatMap { EventType(endWith: $0, failedRecords: failedRecords) }
    }

    /// Whether one job is shown before another: those told as lost or overdue, then those that ended badly, those that
    /// have not ended, and the others; each by source and ID.
    public static func needsLookFirst(_ left: JobRecord, _ right: JobRecord) -> Bool {
        (JobUrgency(left), left.source, left.key.id) < (JobUrgency(right), right.source, right.key.id)
    }
}
