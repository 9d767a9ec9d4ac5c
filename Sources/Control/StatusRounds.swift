import Dispatch

/// Answers calls of Status: all that wait at the same time get one report, made after the last of them asked.
///
/// A report on many jobs takes long; so however many ask, and however fast, others have their turn between two reports.
@MainActor
final class StatusRounds {
    private struct Round {
        var job: String?
        var completions: [@MainActor ([UInt8]) -> Void]
    }

    private var rounds: [Round] = []

    /// Calls `completion` in a later turn of the loop with the answer.
    ///
    /// - Parameter makeAnswer: Makes the answer about a job, or about all where it is `nil`.
    func ask(
        job: String?,
        makeAnswer: @escaping @MainActor (String?) -> [UInt8],
        completion: @escaping @MainActor ([UInt8]) -> Void
    ) {
        if let index = rounds.firstIndex(where: { $0.job == job }) {
            rounds[index].completions.append(completion)
            return
        }
        rounds.append(Round(job: job, completions: [completion]))
        DispatchQueue.main.async { [weak self] in
            MainActor.assumeIsolated {
                guard let self, !self.rounds.isEmpty else { return }
                let round = self.rounds.removeFirst()
                let answer = makeAnswer(round.job)
                for completion in round.completions { completion(answer) }
            }
        }
    }
}
