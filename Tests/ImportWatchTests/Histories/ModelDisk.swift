import ImportWatch

/// What a state holds, as the port ``StateStore`` promises it: a batch whole or not at all, and repeatable.
struct ModelDisk {
    enum Standing {
        case pending, delivered, dead
    }

    var jobs: [JobKey: JobRecord] = [:]
    var events: [String: JobEvent] = [:]
    var deliveries: [Delivery.Key: (delivery: Delivery, standing: Standing)] = [:]

    /// Applies a batch; answers the deliveries that are pending now for its events.
    mutating func apply(_ batch: StateBatch) -> [Delivery] {
        for job in batch.jobs { jobs[job.key] = job }
        for new in batch.events where events[new.event.id] == nil {
            events[new.event.id] = new.event
            for target in new.targets {
                let delivery = Delivery(event: new.event, target: target)
                deliveries[delivery.key] = (delivery, .pending)
            }
        }
        for delivery in batch.restored {
            events[delivery.event.id] = delivery.event
            deliveries[delivery.key] = (delivery, .pending)
        }
        for result in batch.results {
            switch result.state {
            case .delivered: deliveries[result.key]?.standing = .delivered
            case .dead: deliveries[result.key]?.standing = .dead
            case .pending(let next): deliveries[result.key]?.delivery.nextAttemptAt = next
            }
        }
        for attempt in batch.attempts {
            deliveries[attempt.key]?.delivery.attempts = attempt.number
            deliveries[attempt.key]?.delivery.lastAttemptAt = attempt.at
            deliveries[attempt.key]?.delivery.nextAttemptAt = attempt.at
        }
        let told = Set(batch.events.map(\.event.id))
        return pending.filter { told.contains($0.event.id) }
    }

    var pending: [Delivery] {
        deliveries.values.filter { $0.standing == .pending }.map(\.delivery)
    }
}
