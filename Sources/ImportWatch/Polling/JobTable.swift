/// The jobs of a source, each in a slot of its own from when it is listed until it is dropped.
struct JobTable: Sendable {
    private var jobs: [WatchedJob?] = []
    private var slots: [String: Int] = [:]
    private var freeSlots: [Int] = []

    var count: Int { slots.count }

    /// All slots, free ones included.
    var indices: Range<Int> { jobs.indices }

    func slot(of id: String) -> Int? { slots[id] }

    /// The job in a slot; `nil` where that is free.
    subscript(slot: Int) -> WatchedJob? { jobs[slot] }

    /// The slots of the jobs whose IDs are not in a list.
    func slots(outside ids: Set<String>) -> [Int] {
        slots.compactMap { ids.contains($0.key) ? nil : $0.value }
    }

    /// Makes room for so many more; a million may come at once.
    mutating func reserve(_ more: Int) {
        slots.reserveCapacity(slots.count + more)
        jobs.reserveCapacity(jobs.count + more)
    }

    /// Puts a job that is new into a slot.
    mutating func insert(_ job: WatchedJob) -> Int {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            jobs[slot] = job
        } else {
            slot = jobs.count
            jobs.append(job)
        }
        slots[job.id] = slot
        return slot
    }

    /// Takes a job in the place of what it was before.
    mutating func update(_ slot: Int, _ job: WatchedJob) {
        jobs[slot] = job
    }

    mutating func remove(_ slot: Int) {
        guard let job = jobs[slot] else { return }
        jobs[slot] = nil
        slots[job.id] = nil
        freeSlots.append(slot)
    }
}
