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

    init(isOver: Bool, wasTold: Bool, end: EventType?) {
        switch (isOver, end) {
        case (false, _): self = wasTold ? .inTrouble : .open
        case (true, .failed?), (true, .cancelled?), (true, .completedWithErrors?): self = .endedBadly
        case (true, _): self = .endedWell
        }
    }

    static func < (left: JobUrgency, right: JobUrgency) -> Bool { left.rawValue < right.rawValue }
}

extension WatchedJob {
    /// How it ended; `nil` while it has not.
    var end: EventType? {
        finishedAt == nil ? nil : status.flatMap { EventType(endWith: $0, failedRecords: failedRecords) }
    }

    var urgency: JobUrgency {
        JobUrgency(isOver: finishedAt != nil, wasTold: toldLost || toldOverdue, end: end)
    }
}

extension JobRecord {
    /// How the job ended; `nil` while it has not.
    public var end: EventType? {
        finishedAt == nil ? nil : status.flatMap { EventType(endWith: $0, failedRecords: failedRecords) }
    }

    private var urgency: JobUrgency {
        JobUrgency(isOver: finishedAt != nil, wasTold: toldLost || toldOverdue, end: end)
    }

    /// Whether one job is shown before another: those told as lost or overdue, then those that ended badly, those that
    /// have not ended, and the others; each by source and ID.
    public static func needsLookFirst(_ left: JobRecord, _ right: JobRecord) -> Bool {
        (left.urgency, left.source, left.key.id) < (right.urgency, right.source, right.key.id)
    }
}
