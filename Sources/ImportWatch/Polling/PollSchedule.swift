import HeapModule

/// When each job is to be polled next: a heap of deadlines over the jobs' slots.
///
/// A slot has at most one deadline. Setting a new one leaves the old entry in the heap, where it is recognised as stale
/// and dropped when it surfaces; the heap is rebuilt when stale entries outnumber the live ones.
struct PollSchedule: Sendable {
    private struct Entry: Comparable, Sendable {
        var due: MonotonicInstant
        var slot: Int32

        static func < (lhs: Entry, rhs: Entry) -> Bool {
            lhs.due == rhs.due ? lhs.slot < rhs.slot : lhs.due < rhs.due
        }
    }

    private var heap = Heap<Entry>()
    private var deadlines: [MonotonicInstant?] = []

    /// How many slots have a deadline.
    private(set) var count = 0

    /// Entries in the heap, stale ones included.
    var entryCount: Int { heap.count }

    /// The deadline of a slot; `nil` if it has none.
    func deadline(of slot: Int) -> MonotonicInstant? {
        deadlines.indices.contains(slot) ? deadlines[slot] : nil
    }

    /// Sets the deadline of a slot, in place of the one it had.
    mutating func set(_ slot: Int, due: MonotonicInstant) {
        while deadlines.count <= slot { deadlines.append(nil) }
        if deadlines[slot] == nil { count += 1 }
        deadlines[slot] = due
        heap.insert(Entry(due: due, slot: Int32(truncatingIfNeeded: slot)))
        if heap.count > 2 * count + 64 { rebuild() }
    }

    /// Takes a slot's deadline away.
    mutating func remove(_ slot: Int) {
        guard deadline(of: slot) != nil else { return }
        deadlines[slot] = nil
        count -= 1
    }

    /// The earliest deadline of all.
    mutating func next() -> MonotonicInstant? {
        dropStale()
        return heap.min?.due
    }

    /// Takes out the slot with the earliest deadline, if that has come.
    mutating func popDue(now: MonotonicInstant) -> Int? {
        dropStale()
        guard let first = heap.min, first.due <= now else { return nil }
        heap.removeMin()
        deadlines[Int(first.slot)] = nil
        count -= 1
        return Int(first.slot)
    }

    private mutating func dropStale() {
        while let first = heap.min, deadlines[Int(first.slot)] != first.due { heap.removeMin() }
    }

    private mutating func rebuild() {
        heap = Heap(
            deadlines.enumerated().compactMap { slot, due in
                due.map { Entry(due: $0, slot: Int32(truncatingIfNeeded: slot)) }
            }
        )
    }
}
