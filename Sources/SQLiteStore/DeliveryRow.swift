import ImportWatch

/// How a delivery stands in the table `delivery`, beside its event.
enum DeliveryRow {
    /// More attempts than anybody makes; a state that says more is not taken at its word.
    private static let mostAttempts: Int64 = 1_000_000_000
    private static let columns =
        ["d.target", "d.state"] + JobEvent.columns.map { "e.\($0)" } + [
            "d.attempts", "d.last_attempt_at", "d.next_attempt_at", "d.replayed_at", "d.attempts_before_replay",
            "d.ended_at", "d.http_status", "d.problem", "d.event_id",
        ]

    private static let eventID = index("e.id")

    /// The query for rows, also for those whose event is gone.
    static let select = select(columns)

    /// The query for a file of schema `version`; the first knew no replays.
    static func select(version: Int) -> String {
        let added = version < 2 ? ["d.replayed_at", "d.attempts_before_replay"] : []
        return select(columns.map { added.contains($0) ? "NULL" : $0 })
    }

    private static func select(_ columns: [String]) -> String {
        "SELECT \(columns.joined(separator: ", ")) FROM delivery d LEFT JOIN event e ON e.id = d.event_id"
    }

    /// What neither arrived nor was given up, also where this program doesn't know how it stands.
    static let isPending = "d.state NOT IN ('delivered', 'dead')"

    /// Reads a row, or tells what is in one that this program can't read.
    static func read(_ row: borrowing Row) -> Result<DeliveryRecord, UnreadableDelivery> {
        var fields = RowReader(row)
        if row.isNull(eventID) { fields.note("its event is missing") }
        let target = fields.text("target").flatMap(DeliveryTarget.init(column:))
        if target == nil { fields.note("the target is not known") }
        let state = fields.text("state").flatMap(DeliveryRecord.State.init(rawValue:))
        if state == nil { fields.note("the state is not known") }
        let event = JobEvent(from: &fields)
        let attempts = attempts(fields.integer("attempts"))
        let lastAttemptAt = fields.time("last_attempt_at")
        let nextAttemptAt = fields.time("next_attempt_at")
        let replayedAt = fields.time("replayed_at")
        let before = self.attempts(fields.integer("attempts_before_replay"))
        let endedAt = fields.time("ended_at")
        let status = fields.integer("http_status").flatMap { (100...999).contains($0) ? Int($0) : nil }
        let text = fields.text("problem")
        guard let target, let state, fields.problem == nil else {
            return .failure(unreadable(row, fields.problem ?? "not known"))
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

    private static func unreadable(_ row: borrowing Row, _ problem: String) -> UnreadableDelivery {
        UnreadableDelivery(
            eventID: row.text(index("d.event_id")) ?? "",
            type: row.text(index("e.type")) ?? "",
            jobID: row.text(index("e.job_id")) ?? "",
            target: row.text(index("d.target")) ?? "",
            state: row.text(index("d.state")) ?? "",
            attempts: row.integer(index("d.attempts")) ?? 0,
            reason: problem
        )
    }

    private static func index(_ column: String) -> Int32 {
        columns.firstIndex(of: column).map(Int32.init) ?? -1
    }

    private static func attempts(_ number: Int64?) -> Int {
        Int(min(max(number ?? 0, 0), mostAttempts))
    }
}
