import ImportWatch

/// How a delivery stands in the table `delivery`, beside its event.
enum DeliveryRow {
    private static let eventColumns = EventRow.columns.split(separator: ", ").map { "e.\($0)" }.joined(separator: ", ")

    static let select = """
        SELECT d.target, d.attempts, d.last_attempt_at, d.next_attempt_at, d.replayed_at, d.attempts_before_replay, \
        d.state, d.ended_at, d.http_status, d.problem, \(eventColumns) FROM delivery d JOIN event e ON e.id = d.event_id
        """

    static func delivery(_ row: borrowing Row) -> Delivery? {
        guard let target = row.text(0).flatMap(DeliveryTarget.init(column:)),
            let event = EventRow.event(row, from: 10)
        else { return nil }
        var delivery = Delivery(event: event, target: target)
        delivery.attempts = Int(row.integer(1) ?? 0)
        delivery.lastAttemptAt = row.time(2)
        delivery.nextAttemptAt = row.time(3) ?? event.occurredAt
        if let at = row.time(4) {
            delivery.replay = Delivery.Replay(at: at, attemptsBefore: Int(row.integer(5) ?? 0))
        }
        return delivery
    }

    static func record(_ row: borrowing Row) -> DeliveryRecord? {
        guard let delivery = delivery(row), let state = row.text(6).flatMap(DeliveryRecord.State.init(rawValue:)) else {
            return nil
        }
        return DeliveryRecord(
            delivery: delivery,
            state: state,
            endedAt: row.time(7),
            httpStatus: row.integer(8).map(Int.init),
            problem: row.text(9)
        )
    }
}
