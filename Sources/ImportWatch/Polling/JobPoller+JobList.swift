/// Changes of the list and of the settings.
extension JobPoller {
    /// Takes a new list of jobs: new ones come due at random, removed ones are dropped, all others keep their schedule.
    ///
    /// - Parameters:
    ///   - ids: The IDs, each once.
    ///   - records: What is remembered about jobs, by ID; asked for new IDs only.
    /// - Returns: The records of jobs that are seen for the first time, to be saved.
    public mutating func setJobs(
        _ ids: [String],
        records: (String) -> JobRecord?,
        now: MonotonicInstant,
        wall: WallTime,
        using generator: inout some RandomNumberGenerator
    ) -> [Action] {
        var actions: [Action] = []
        let wanted = Set(ids)
        for (id, slot) in slots where !wanted.contains(id) { drop(slot, id: id) }
        let added = ids.filter { slots[$0] == nil }
        let window = spread(of: added.count)
        // A million may come at once.
        slots.reserveCapacity(slots.count + added.count)
        jobs.reserveCapacity(jobs.count + added.count)
        watches.reserveCapacity(watches.count + added.count)
        for id in added where slots[id] == nil {
            var job: WatchedJob
            if let record = records(id) {
                job = WatchedJob(record, now: now, wall: wall)
            } else {
                job = WatchedJob(id: id, now: now, wall: wall)
                save(&job, actions: &actions)
            }
            if job.status != nil { missing.found() }
            let slot = insert(job)
            guard job.finishedAt == nil else { continue }
            schedule.set(slot, due: now.advanced(by: .nanoseconds(Int64.random(in: 0...window, using: &generator))))
        }
        return actions
    }

    /// Takes other settings in force; jobs that wait longer than they allow now are brought forward.
    public mutating func setSettings(_ newSettings: PollingSettings, now: MonotonicInstant) {
        let shorter = newSettings.maxDelay < settings.maxDelay
        settings = newSettings
        pacer.setRate(newSettings.requestsPerSecond, now: now)
        health.setBackoff(newSettings.backoff)
        guard shorter else { return }
        let latest = now.advanced(by: newSettings.maxDelay)
        for slot in jobs.indices where jobs[slot]?.toldLost == false {
            if let due = schedule.deadline(of: slot), due > latest { schedule.set(slot, due: latest) }
        }
    }

    /// Tries at once what failed under the configuration of before: the source, and the jobs that were not found.
    ///
    /// - Parameter mayBeOtherAccount: Whether the configuration may lead to another account now.
    public mutating func reloaded(
        mayBeOtherAccount: Bool = false,
        now: MonotonicInstant,
        using generator: inout some RandomNumberGenerator
    ) {
        missing.reloaded(mayBeOtherAccount: mayBeOtherAccount)
        health.probe(at: now)
        askForMissingJobs(now: now, using: &generator)
    }

    /// Whether there are jobs that were not found when they were last asked for.
    public var hasMissingJobs: Bool { !missingSlots.isEmpty }

    /// Brings the jobs forward that were not found, as many as the budget lets through.
    public mutating func askForMissingJobs(now: MonotonicInstant, using generator: inout some RandomNumberGenerator) {
        let window = spread(of: missingSlots.count)
        for slot in missingSlots.sorted() {
            let due = now.advanced(by: .nanoseconds(Int64.random(in: 0...window, using: &generator)))
            if let planned = schedule.deadline(of: slot), planned > due { schedule.set(slot, due: due) }
        }
    }

    /// Over how many nanoseconds the polls of so many jobs are spread at random that could all come at once.
    private func spread(of count: Int) -> Int64 {
        Duration.seconds(min(Double(count) / settings.requestsPerSecond, settings.maxDelay.seconds)).nanoseconds
    }

    /// Whether a job is in the list.
    public func isListed(_ id: String) -> Bool { slots[id] != nil }

    private mutating func insert(_ job: WatchedJob) -> Int {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            jobs[slot] = job
        } else {
            slot = jobs.count
            jobs.append(job)
            watches.append(0)
        }
        slots[job.id] = slot
        if job.missingSince != nil { missingSlots.insert(slot) }
        return slot
    }

    private mutating func drop(_ slot: Int, id: String) {
        jobs[slot] = nil
        missingSlots.remove(slot)
        slots[id] = nil
        rates[slot] = nil
        problems[slot] = nil
        watches[slot] &+= 1
        schedule.remove(slot)
        freeSlots.append(slot)
    }
}
