/// What it comes to that the service does not know a job for longer than its grace.
///
/// Such a job is lost. But where a source of three jobs or more has never found any, it is rather asking in the wrong
/// account or Region: that is said once, and no job is called lost.
struct MissingJobs: Sendable {
    /// What to tell.
    enum Verdict {
        /// Nothing, because it was told already.
        case nothing
        /// That the job is lost.
        case lost
        /// That none of the source's jobs exists here.
        case noneExists
    }

    /// The fewest jobs from which it is no chance that none is found.
    private static let leastForNone = 3

    private var hasFoundAny = false
    private var hasToldNone = false

    /// Notes that the service knows a job, or knew it when it was last asked.
    mutating func found() {
        hasFoundAny = true
        hasToldNone = false
    }

    /// What to tell about a job whose grace is over.
    ///
    /// - Parameters:
    ///   - wasToldLost: Whether the job was told as lost before.
    ///   - count: How many jobs the source has.
    mutating func verdict(wasToldLost: Bool, count: Int) -> Verdict {
        guard hasFoundAny || count < Self.leastForNone else {
            defer { hasToldNone = true }
            return hasToldNone ? .nothing : .noneExists
        }
        return wasToldLost ? .nothing : .lost
    }

    /// Has it said again after a reload that none exists, where that is still so.
    ///
    /// - Parameter mayBeOtherAccount: Whether what was found before may have been found elsewhere.
    mutating func reloaded(mayBeOtherAccount: Bool) {
        hasToldNone = false
        if mayBeOtherAccount { hasFoundAny = false }
    }
}
