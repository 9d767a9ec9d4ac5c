import ImportWatch

/// Writes a batch inside a transaction that the caller began.
struct BatchWriter {
    let database: Database

    /// Answers the deliveries that are pending now for the batch's events.
    func write(_ batch: StateBatch) throws(StateStoreError) -> [Delivery] {
        for job in batch.jobs { try database.run(JobRow.upsert, JobRow.values(of: job)) }
        for new in batch.events { try insert(new) }
        for delivery in batch.restored { try restore(delivery) }
        // A result is of an earlier attempt than one that begins in the same batch.
        for result in batch.results { try note(result) }
        for attempt in batch.attempts { try note(attempt) }
        if let pruning = batch.pruning { try prune(pruning) }
        let ledger = DeliveryLedger(database: database)
        var pending: [Delivery] = []
        for new in batch.events { pending += try ledger.pending(eventID: new.event.id) }
        return pending
    }

    private static let insertEvent = """
        INSERT INTO event (\(EventRow.columns)) VALUES (\(String(repeating: "?, ", count: EventRow.count - 1))?)
        ON CONFLICT (id) DO NOTHING
        """

    /// Answers whether the event was not there before.
    private func insert(_ event: JobEvent) throws(StateStoreError) -> Bool {
        try database.run(Self.insertEvent, EventRow.values(of: event))
        return database.changes > 0
    }

    private func insert(_ new: StateBatch.NewEvent) throws(StateStoreError) {
        guard try insert(new.event) else { return }
        for target in new.targets {
            try database.run(
                """
                INSERT INTO delivery (event_id, target, state, attempts, next_attempt_at)
                VALUES (?, ?, 'pending', 0, ?)
                """,
                [.text(new.event.id), .text(target.column), Value(new.event.occurredAt)]
            )
        }
    }

    private func restore(_ delivery: Delivery) throws(StateStoreError) {
        _ = try insert(delivery.event)
        try database.run(
            """
            INSERT OR REPLACE INTO delivery (event_id, target, state, attempts, last_attempt_at, next_attempt_at,
                replayed_at, attempts_before_replay) VALUES (?, ?, 'pending', ?, ?, ?, ?, ?)
            """,
            [
                .text(delivery.event.id), .text(delivery.target.column), .integer(Int64(delivery.attempts)),
                Value(delivery.lastAttemptAt), Value(delivery.nextAttemptAt), Value(delivery.replay?.at),
                Value(delivery.replay.map { Int64($0.attemptsBefore) }),
            ]
        )
    }

    /// The result puts the next attempt after this one; until then it is due at once, whatever the clock did.
    private func note(_ attempt: DeliveryAttempt) throws(StateStoreError) {
        try database.run(
            """
            UPDATE delivery SET attempts = ?1, last_attempt_at = ?2, next_attempt_at = ?2
            WHERE event_id = ?3 AND target = ?4
            """,
            [
                .integer(Int64(attempt.number)), Value(attempt.at), .text(attempt.key.eventID),
                .text(attempt.key.target.column),
            ]
        )
    }

    private func note(_ result: DeliveryResult) throws(StateStoreError) {
        let state: String
        var next: WallTime?
        switch result.state {
        case .delivered: state = "delivered"
        case .dead: state = "dead"
        case .pending(let nextAttemptAt): (state, next) = ("pending", nextAttemptAt)
        }
        let key: [Value] = [.text(result.key.eventID), .text(result.key.target.column)]
        try database.run(
            """
            UPDATE delivery SET state = ?, next_attempt_at = coalesce(?, next_attempt_at), ended_at = ?,
                http_status = ?, problem = ? WHERE event_id = ? AND target = ?
            """,
            [
                .text(state), Value(next), Value(next == nil ? result.at : nil),
                Value(result.httpStatus.map(Int64.init)), Value(result.problem),
            ] + key
        )
        guard next == nil else { return }
        // The pre-signed address is a secret: it goes when nobody is left who may have it.
        try database.run(
            """
            UPDATE event SET failed_records_url = NULL WHERE id = ?1 AND failed_records_url IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM delivery WHERE event_id = ?1 AND state = 'pending')
            """,
            [.text(result.key.eventID)]
        )
    }

    /// Forgets events whose deliveries have all ended, and jobs that nobody lists any more.
    private func prune(_ pruning: StatePruning) throws(StateStoreError) {
        try database.run(
            """
            DELETE FROM event WHERE id IN (SELECT event_id FROM delivery WHERE state IN ('delivered', 'dead') AND ended_at < ?1)
                AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.event_id = event.id
                    AND (d.state NOT IN ('delivered', 'dead') OR d.ended_at >= ?1))
            """,
            [Value(pruning.endedBefore)]
        )
        var old: [JobKey] = []
        try database.run(
            "SELECT region, id FROM job WHERE coalesce(finished_at, answered_at, first_seen_at) < ?",
            [Value(pruning.endedBefore)]
        ) { row in
            if let region = row.text(0), let id = row.text(1) { old.append(JobKey(region: region, id: id)) }
        }
        for key in old where !pruning.listed.contains(key) {
            try database.run("DELETE FROM job WHERE region = ? AND id = ?", [.text(key.region), .text(key.id)])
        }
    }
}
