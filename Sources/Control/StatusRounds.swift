import Dispatch

/// Answers calls of Status: all that wait at the same time get one report, made after the last of them asked.
///
/// A report on many jobs takes long; so however many ask, and however fast, others have their turn between two reports.
@MainActor
final class StatusRounds {
    private struct Round {
        var job: String?
        var waiting: [CheckedContinuation<[UInt8], Never>]
    }

    private var rounds: [Round] = []

    /// The answer, in a later turn of the loop.
    ///
    /// - Parameter makeAnswer: Makes the answer about a job, or about all where it is `nil`.
    func answer(job: String?, makeAnswer: @escaping @MainActor (String?) -> [UInt8]) async -> [UInt8] {
        await withCheckedContinuation { continuation in
            if let index = rounds.firstIndex(where: { $0.job == job }) {
                return rounds[index].waiting.append(continuation)
            }
            rounds.append(Round(job: job, waiting: [continuation]))
            DispatchQueue.main.async {
                MainActor.assumeIsolated {
                    let round = self.rounds.removeFirst()
                    let answer = makeAnswer(round.job)
                    for continuation in round.waiting { continuation.resume(returning: answer) }
                }
            }
        }
    }
}
