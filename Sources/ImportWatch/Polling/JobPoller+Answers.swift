/// What an answer about a job means for the job.
extension JobPoller {
    mutating func take(
        _ answer: ImportJob,
        requestID: String?,
        job: inout WatchedJob,
        now: MonotonicInstant,
        wall: WallTime,
        serviceTime: WallTime,
        using generator: inout some RandomNumberGenerator,
        actions: inout [Action]
    ) -> MonotonicInstant? {
        let previous = job.status
        let changedStatus = previous != answer.status
        let changed =
            changedStatus || job.processedRecords != answer.processedRecords
            || job.failedRecords != answer.failedRecords
        let wasMissing = job.notFoundSince != nil
        missing.found()
        if job.toldLost { actions.append(.report(reports.found(jobID: job.id))) }
        job.status = answer.status
        job.processedRecords = answer.processedRecords
        job.failedRecords = answer.failedRecords
        job.noteCreation(answer.createdAt, now: now, serviceTime: serviceTime)
        job.answeredAt = wall
        job.noteFound()
        job.toldLost = false
        job.failedPolls = 0
        if let type = EventType(endOf: answer) {
            job.finishedAt = wall
            save(&job, actions: &actions)
            actions.append(.tell(outcome(type, job: answer, previous: previous, requestID: requestID, wall: wall)))
            return nil
        }
        warnAboutUnknownStatus(answer, actions: &actions)
        let told = tellOverdue(
            &job,
            answer: answer,
            previous: previous,
            requestID: requestID,
            now: now,
            wall: wall,
            actions: &actions
        )
        if changedStatus || wasMissing, !told { save(&job, actions: &actions) }
        if changed { job.unchangedPolls = 0 } else { job.countUnchangedPoll() }
        if changed, !changedStatus, !told { job.isUnsaved = true }
        return now.advanced(by: settings.backoff.delay(afterTries: Int(job.unchangedPolls), using: &generator))
    }

    mutating func take(
        _ refusal: JobRefusal,
        _ problem: ServiceProblem,
        job: inout WatchedJob,
        now: MonotonicInstant,
        wall: WallTime,
        using generator: inout some RandomNumberGenerator,
        actions: inout [Action]
    ) -> MonotonicInstant? {
        job.failedPolls = 0
        job.countUnchangedPoll()
        guard let since = job.missingSince else {
            job.noteMissing(now: now, wall: wall)
            job.unchangedPolls = 0
            save(&job, actions: &actions)
            if refusal == .badRequest { actions.append(.report(reports.refused(jobID: job.id, problem))) }
            let delay = settings.backoff.delay(afterTries: 0, using: &generator)
            return now.advanced(by: min(delay, max(settings.notFoundGrace, settings.minDelay)))
        }
        let passed = since.duration(to: now)
        guard passed >= settings.notFoundGrace else {
            let delay = settings.backoff.delay(afterTries: Int(job.unchangedPolls), using: &generator)
            return now.advanced(by: min(delay, max(settings.notFoundGrace - passed, settings.minDelay)))
        }
        switch missing.verdict(wasToldLost: job.toldLost, count: slots.count) {
        case .nothing: break
        case .noneExists: actions.append(.report(reports.noJobExists(count: slots.count, problem)))
        case .lost:
            job.toldLost = true
            save(&job, actions: &actions)
            actions.append(
                .tell(
                    outcome(
                        .lost,
                        job: job.lastKnown,
                        previous: job.status,
                        requestID: problem.requestID,
                        wall: wall,
                        problem: problem
                    )
                )
            )
        }
        return now.advanced(by: Self.lostDelay.delay(afterTries: 0, using: &generator))
    }

    /// Tells `overdue` once the deadline has passed; answers whether it did so now.
    ///
    /// - Parameter previous: The status before the answer; the job's own is the answer's already.
    @discardableResult
    mutating func tellOverdue(
        _ job: inout WatchedJob,
        answer: ImportJob?,
        previous: JobStatus?,
        requestID: String?,
        now: MonotonicInstant,
        wall: WallTime,
        actions: inout [Action]
    ) -> Bool {
        guard let overdueAt = overdueTime(of: job), now >= overdueAt else { return false }
        job.toldOverdue = true
        save(&job, actions: &actions)
        let subject = answer ?? job.lastKnown
        actions.append(
            .tell(outcome(.overdue, job: subject, previous: previous, requestID: requestID, wall: wall))
        )
        return true
    }

    /// When the job becomes overdue; `nil` if it never does, or was told already.
    private func overdueTime(of job: WatchedJob) -> MonotonicInstant? {
        guard settings.deadline > .zero, !job.toldOverdue, job.notFoundSince == nil else { return nil }
        return job.begunAt.advanced(by: settings.deadline)
    }

    func notAfterDeadline(_ next: MonotonicInstant, of job: WatchedJob, now: MonotonicInstant) -> MonotonicInstant {
        guard let overdueAt = overdueTime(of: job), overdueAt > now else { return next }
        return min(next, max(overdueAt, now.advanced(by: settings.minDelay)))
    }

    private func outcome(
        _ type: EventType,
        job: ImportJob,
        previous: JobStatus?,
        requestID: String?,
        wall: WallTime,
        problem: ServiceProblem? = nil
    ) -> JobOutcome {
        JobOutcome(
            type: type,
            occurredAt: wall,
            source: source,
            region: region,
            job: job,
            previousStatus: previous,
            requestID: requestID,
            problem: problem
        )
    }

    func save(_ job: inout WatchedJob, actions: inout [Action]) {
        job.isUnsaved = false
        actions.append(.save(job.record(region: region, source: source)))
    }
}
