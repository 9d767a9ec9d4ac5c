/// Who waits for which reload: one at a time, and whoever asks during one is answered by the next.
///
/// A reload reads the files at its begin, so a change that somebody made since then, and asks to be taken up, is seen
/// only by another. All who ask during one share that other.
nonisolated struct ReloadRequests<Waiter> {
    private var answering: [Waiter]?
    private var next: [Waiter] = []

    /// Notes that somebody asks; whether a reload is to begin now.
    mutating func ask(_ waiter: Waiter) -> Bool {
        guard answering == nil else {
            next.append(waiter)
            return false
        }
        answering = [waiter]
        return true
    }

    /// Ends the reload under way: whom its verdict answers, and whether another is to begin.
    mutating func finished() -> (answered: [Waiter], goesOn: Bool) {
        defer {
            answering = next.isEmpty ? nil : next
            next = []
        }
        return (answering ?? [], !next.isEmpty)
    }

    /// Forgets everybody, at stop; answers who waited.
    mutating func giveUp() -> [Waiter] {
        defer { (answering, next) = (nil, []) }
        return (answering ?? []) + next
    }
}
