/// What is shown of jobs besides their records: how fast they move, and what the service last said of those in trouble.
struct JobNotes: Sendable {
    /// Records a second between the last two answers, of jobs that move, by slot.
    private var rates: [Int: Double] = [:]
    /// By slot; cut short, for there may be a million of them.
    private var problems: [Int: String] = [:]

    func rate(of slot: Int) -> Double? { rates[slot] }

    func problem(of slot: Int) -> String? { problems[slot] }

    /// Takes what a poll brought.
    ///
    /// - Parameter before: The job's record without it.
    mutating func note(_ result: PollResult, before: JobRecord, slot: Int, wall: WallTime) {
        switch result {
        case .answered(let answer, _):
            problems[slot] = answer.status.isTerminal ? answer.failure?.message.map(Self.shown) : nil
            rates[slot] = Self.rate(before: before, answer: answer, wall: wall)
        case .jobRefused(_, let problem):
            problems[slot] = Self.shown("\(problem.code): \(problem.message)")
            rates[slot] = nil
        case .throttled, .credentialsRefused, .unavailable: break
        }
    }

    mutating func forget(_ slot: Int) {
        rates[slot] = nil
        problems[slot] = nil
    }

    private static func shown(_ trouble: String) -> String {
        BoundedText.text(trouble, limit: 300)
    }

    /// Nothing for counters that make no sense: below 0, or falling.
    private static func rate(before: JobRecord, answer: ImportJob, wall: WallTime) -> Double? {
        guard !answer.status.isTerminal, let old = before.processedRecords, let new = answer.processedRecords,
            let since = before.answeredAt, old >= 0, new > old
        else { return nil }
        let seconds = since.duration(to: wall).seconds
        return seconds > 0 ? Double(new - old) / seconds : nil
    }
}
