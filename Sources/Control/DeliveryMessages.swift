import ImportWatch
import JSON

extension DeliveryRecord {
    /// The delivery as the control socket carries it and `importwatchctl deliveries --json` prints it.
    public var json: JSONValue {
        let event = delivery.event
        var webhook: String?
        if case .webhook(let name) = delivery.target { webhook = name }
        return [
            "event_id": .string(event.id), "type": .string(event.type.qualifiedName),
            "occurred_at": .string(event.occurredAt.rfc3339), "source": .string(event.source),
            "region": .string(event.region), "job_id": .string(event.job.id),
            "target": .string(webhook == nil ? "journal" : "webhook"), "webhook": JSONValue(webhook),
            "state": .string(state.rawValue), "attempts": .integer(Int64(delivery.attempts)),
            "last_attempt_at": JSONValue(delivery.lastAttemptAt?.rfc3339),
            "next_attempt_at": state == .pending && !isHeldBack ? .string(delivery.nextAttemptAt.rfc3339) : .null,
            "ended_at": JSONValue(endedAt?.rfc3339), "http_status": JSONValue(httpStatus.map(Int64.init)),
            "problem": JSONValue(problem),
        ]
    }
}

extension UnreadableDelivery {
    /// The delivery as it is written, in the form of the others.
    public var json: JSONValue {
        let webhook = target.hasPrefix("webhook:") ? String(target.dropFirst("webhook:".count)) : nil
        return [
            "event_id": .string(eventID), "type": .string("ses.import_job." + type), "job_id": .string(jobID),
            "target": .string(webhook == nil ? target : "webhook"), "webhook": JSONValue(webhook),
            "state": .string(state), "attempts": .integer(attempts),
            "problem": .string("can't be read, and waits: \(reason)"),
        ]
    }
}

extension DeliveryList {
    /// All of them.
    public var json: [JSONValue] { records.map(\.json) + unreadable.map(\.json) }
}

extension DeliveryFilter {
    /// The parameters of the method Deliveries.
    var json: JSONValue {
        var webhook: String?
        if case .webhook(let name) = target { webhook = name }
        return [
            "state": JSONValue(state?.rawValue), "webhook": JSONValue(webhook), "job": JSONValue(jobID),
            "limit": .integer(Int64(limit)),
        ]
    }

    /// Reads the parameters; `nil` where the state is none.
    init?(json: JSONValue) {
        self.init(jobID: json["job"]?.string)
        if let name = json["state"]?.string {
            guard let state = DeliveryRecord.State(rawValue: name) else { return nil }
            self.state = state
        }
        if let name = json["webhook"]?.string { target = .webhook(name) }
        if let limit = json["limit"]?.integer { self.limit = Int(max(0, min(limit, 10_000))) }
    }
}

extension ReplaySelection {
    /// The parameters of the method Replay.
    var json: JSONValue {
        switch self {
        case .event(let id): ["event_id": .string(id)]
        case .dead: ["dead": true]
        case .pending: ["pending": true]
        case .webhook(let name): ["webhook": .string(name)]
        case .since(let time): ["since": .string(time.rfc3339)]
        }
    }

    /// Reads the parameters; `nil` where they give not exactly one selection.
    init?(json: JSONValue) {
        var selections: [ReplaySelection] = []
        if let id = json["event_id"]?.string { selections.append(.event(id)) }
        if json["dead"]?.bool == true { selections.append(.dead) }
        if json["pending"]?.bool == true { selections.append(.pending) }
        if let name = json["webhook"]?.string { selections.append(.webhook(name)) }
        if let text = json["since"]?.string {
            guard let time = WallTime(rfc3339: text) else { return nil }
            selections.append(.since(time))
        }
        guard let first = selections.first, selections.count == 1 else { return nil }
        self = first
    }
}
