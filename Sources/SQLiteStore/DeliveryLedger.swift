import ImportWatch

/// Looks deliveries up, and begins them anew.
struct DeliveryLedger {
    let database: Database
    var version = Schema.steps.count

    /// What a filter lets through, and what of it can't be read.
    func deliveries(_ filter: DeliveryFilter) throws(StateStoreError) -> DeliveryList {
        var conditions = ["1"]
        var values: [Value] = []
        func add(_ condition: String, _ value: Value) {
            conditions.append(condition)
            values.append(value)
        }
        switch filter.state {
        case .pending: conditions.append(DeliveryRow.isPending)
        case let state?: add("d.state = ?", .text(state.rawValue))
        case nil: break
        }
        if let target = filter.target { add("d.target = ?", .text(target.column)) }
        if let job = filter.jobID { add("e.job_id = ?", .text(job)) }
        var list = DeliveryList()
        try database.run(
            "\(DeliveryRow.select(version: version)) WHERE \(conditions.joined(separator: " AND ")) ORDER BY e.number DESC, d.target LIMIT ?",
            values + [.integer(Int64(filter.limit))]
        ) { row in
            switch DeliveryRow.read(row) {
            case .success(let record): list.records.append(record)
            case .failure(let row): list.unreadable.append(row)
            }
        }
        return list
    }

    /// The deliveries of an event that have neither arrived nor been given up.
    func pending(eventID: String) throws(StateStoreError) -> [Delivery] {
        var found: [Delivery] = []
        let query = "\(DeliveryRow.select()) WHERE d.event_id = ? AND \(DeliveryRow.isPending)"
        try database.run(query, [.text(eventID)]) { row in
            if case .success(let record) = DeliveryRow.read(row) { found.append(record.delivery) }
        }
        return found
    }

    func deadDeliveries() throws(StateStoreError) -> [DeliveryTarget: Int] {
        var dead: [DeliveryTarget: Int] = [:]
        try database.run("SELECT target, count(*) FROM delivery WHERE state = 'dead' GROUP BY target") { row in
            let name = row.text(0) ?? ""
            dead[DeliveryTarget(column: name) ?? .webhook(name)] = Int(row.integer(1) ?? 0)
        }
        return dead
    }

    /// Only webhooks' deliveries are sent again: what the journal has, it keeps.
    ///
    /// One event whose deliveries can't be read is an error; of many, those are passed over.
    func replay(_ selection: ReplaySelection, at time: WallTime) throws(StateStoreError) -> [Delivery] {
        let condition: String
        var values: [Value] = []
        switch selection {
        case .event(let id): (condition, values) = ("d.event_id = ?", [.text(id)])
        case .dead: condition = "d.state = 'dead'"
        case .pending: condition = "d.state = 'pending'"
        case .webhook(let name): (condition, values) = ("d.target = ?", [.text(DeliveryTarget.webhook(name).column)])
        case .since(let time): (condition, values) = ("e.occurred_at >= ?", [Value(time)])
        }
        var replayed: [Delivery] = []
        var unreadable: UnreadableDelivery?
        try database.run(
            "\(DeliveryRow.select()) WHERE d.target != 'journal' AND \(condition) ORDER BY e.number",
            values
        ) { row in
            switch DeliveryRow.read(row) {
            case .success(let record):
                var delivery = record.delivery
                delivery.nextAttemptAt = time
                delivery.replay = Delivery.Replay(at: time, attemptsBefore: delivery.attempts)
                replayed.append(delivery)
            case .failure(let delivery): unreadable = delivery
            }
        }
        // Whoever names an event is not told that there is none.
        if case .event = selection, replayed.isEmpty, let unreadable {
            throw .unreadable(path: database.path, unreadable)
        }
        for delivery in replayed {
            try database.run(
                """
                UPDATE delivery SET state = 'pending', ended_at = NULL, next_attempt_at = ?1, replayed_at = ?1,
                    attempts_before_replay = attempts WHERE event_id = ?2 AND target = ?3
                """,
                [Value(time), .text(delivery.event.id), .text(delivery.target.column)]
            )
        }
        return replayed
    }
}
