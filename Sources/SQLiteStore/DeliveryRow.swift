import ImportWatch

/// How a delivery stands in the table `delivery`, beside its event.
enum DeliveryRow {
    /// More attempts than anybody makes; a state that says more is not taken at its word.
    private static let mostAttempts: Int64 = 1_000_000_000
    private static let eventColumns = EventRow.columns.split(separator: ", ").map { "e.\($0)" }.joined(separator: ", ")

    /// The query for rows, also for those whose event is gone, of a file of schema `version`; the first knew no replays.
    static func select(version: Int = Schema.steps.count) -> String {
        let replay = version < 2 ? "NULL, NULL" : "d.replayed_at, d.attempts_before_replay"
        return """
            SELECT d.target, d.attempts, d.last_attempt_at, d.next_attempt_at, \(replay), d.state, d.ended_at, \
            d.http_status, d.problem, \(eventColumns), d.event_id \
            FROM delivery d LEFT JOIN event e ON e.id = d.event_id
            """
    }

    /// What neither arrived nor was given up, also where this program doesn't know how it stands.
    static let isPending = "d.state NOT IN ('delivered', 'dead')"

    /// Reads a row, or tells what is in one that this program can't read.
    static func read(_ row: borrowing Row) -> Result<DeliveryRecord, UnreadableDelivery> {
        var problem: String? = row.isNull(10) ? "its event is missing" : nil
        let target = row.text(0, "target", &problem).flatMap(DeliveryTarget.init(column:))
        if target == nil { problem = problem ?? "the target is not known" }
        let state = row.text(6, "state", &problem).flatMap(DeliveryRecord.State.init(rawValue:))
        if state == nil { problem = problem ?? "the state is not known" }
        let event = EventRow.event(row, from: 10, &problem)
        let attempts = attempts(row, 1, "attempts", &problem)
        let lastAttemptAt = row.time(2, "last_attempt_at", &problem)
        let nextAttemptAt = row.time(3, "next_attempt_at", &problem)
        let replayedAt = row.time(4, "replayed_at", &problem)
        let before = self.attempts(row, 5, "attempts_before_replay", &problem)
        let endedAt = row.time(7, "ended_at", &problem)
        let status = row.integer(8, "http_status", &problem).flatMap { (100...999).contains($0) ? Int($0) : nil }
        let text = row.text(9, "problem", &problem)
        guard let target, let state, let event, problem == nil else {
            return .failure(
                UnreadableDelivery(
                    eventID: row.text(31) ?? "",
                    type: row.text(11) ?? "",
                    jobID: row.text(15) ?? "",
                    target: row.text(0) ?? "",
                    state: row.text(6) ?? "",
                    attempts: row.integer(1) ?? 0,
                    reason: problem ?? "not known"
                )
            )
        }
        var delivery = Delivery(event: event, target: target)
        delivery.attempts = attempts
        delivery.lastAttemptAt = lastAttemptAt
        delivery.nextAttemptAt = nextAttemptAt ?? event.occurredAt
        delivery.replay = replayedAt.map { Delivery.Replay(at: $0, attemptsBefore: min(before, attempts)) }
        return .success(
            DeliveryRecord(delivery: delivery, state: state, endedAt: endedAt, httpStatus: status, problem: text)
        )
    }

    private static func attempts(_ row: borrowing Row, _ column: Int32, _ name: String, _ problem: inout String?) -> Int
    {
        Int(min(max(row.integer(column, name, &problem) ?? 0, 0), mostAttempts))
    }
}
