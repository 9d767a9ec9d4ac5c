/// What can be shown of a source's jobs.
extension JobPoller {
    /// A job as it stands.
    public struct JobView: Hashable, Sendable {
        /// What is remembered of it.
        public var record: JobRecord
        /// When its next poll is due; `nil` when it has ended or a poll is under way.
        public var nextPoll: MonotonicInstant?
        /// Records a second between the last two answers; `nil` where it does not move.
        public var recordsPerSecond: Double?
        /// What the service last said of it, where that was no good news; without secrets.
        public var problem: String?
    }

    /// Counts the jobs.
    public func counts() -> JobCounts {
        var counts = JobCounts()
        for case let job? in jobs {
            counts.add(
                isOver: job.finishedAt != nil,
                status: job.status,
                end: job.end,
                toldLost: job.toldLost,
                toldOverdue: job.toldOverdue
            )
        }
        return counts
    }

    /// Every job.
    public func views() -> [JobView] {
        jobs.indices.compactMap(view)
    }

    /// At most `limit` jobs: those told as lost or overdue first, then those that ended badly, those that have not ended,
    /// and the others.
    public func views(limit: Int) -> [JobView] {
        var ranks = JobUrgency.allCases.map { _ in [Int]() }
        for (slot, job) in jobs.enumerated() {
            guard let job else { continue }
            let rank = job.urgency.rawValue
            if ranks[rank].count < limit { ranks[rank].append(slot) }
        }
        return ranks.joined().prefix(limit).compactMap(view)
    }

    /// One job; `nil` where it isn't listed.
    public func view(ofJob id: String) -> JobView? {
        slots[id].flatMap(view)
    }

    private func view(_ slot: Int) -> JobView? {
        jobs[slot].map { job in
            JobView(
                record: job.record(region: region, source: source),
                nextPoll: schedule.deadline(of: slot),
                recordsPerSecond: rates[slot],
                problem: problems[slot]
            )
        }
    }

    /// Notes what is shown of a job besides its record.
    mutating func noteProgress(_ result: PollResult, of job: WatchedJob, slot: Int, wall: WallTime) {
        switch result {
        case .answered(let answer, _):
            problems[slot] = answer.status.isTerminal ? answer.failure?.message.map(Self.shown) : nil
            rates[slot] = rate(of: job, answer: answer, wall: wall)
        case .jobRefused(_, let problem):
            problems[slot] = Self.shown("\(problem.code): \(problem.message)")
            rates[slot] = nil
        case .throttled, .credentialsRefused, .unavailable: break
        }
    }

    /// What is kept of a job's trouble; there may be a million of them.
    private static func shown(_ trouble: String) -> String {
        BoundedText.text(trouble, limit: 300)
    }

    /// Nothing for counters that make no sense: below 0, or falling.
    private func rate(of job: WatchedJob, answer: ImportJob, wall: WallTime) -> Double? {
        guard !answer.status.isTerminal, let before = job.processedRecords, let after = answer.processedRecords,
            let since = job.answeredAt, before >= 0, after > before
        else { return nil }
        let seconds = since.duration(to: wall).seconds
        return seconds > 0 ? Double(after - before) / seconds : nil
    }
}
