import ImportWatch
import SQLiteStore
import TestSupport
import Testing

/// A kind of store under test: whatever holds of one holds of all.
struct StoreKind: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// A place where nothing was kept before; the same for the same folder.
    let place: @Sendable (TemporaryFolder) -> any StatePlace

    static let all = [
        StoreKind(testDescription: "SQLite") { SQLitePlace(path: $0.path + "/state/state.sqlite") }
    ]
}

/// What the tests put into a store.
enum Sample {
    static func time(_ seconds: Int64) -> WallTime { WallTime(secondsSinceEpoch: seconds) }

    static func key(_ id: String) -> JobKey { JobKey(region: "eu-west-1", id: id) }

    static func job(_ id: String) -> JobRecord { JobRecord(key: key(id), source: "s", firstSeenAt: time(1)) }

    static func event(_ id: String, job: String = "a", at seconds: Int64 = 100) -> JobEvent {
        JobEvent(
            id: id,
            type: .failed,
            occurredAt: time(seconds),
            source: "s",
            region: "eu-west-1",
            job: ImportJob(id: job, status: .failed),
            previousStatus: nil,
            requestID: nil
        )
    }

    static func new(_ id: String, _ targets: [DeliveryTarget] = [.webhook("a")]) -> StateBatch.NewEvent {
        StateBatch.NewEvent(event: event(id), targets: targets)
    }

    static func result(
        _ id: String,
        _ state: DeliveryResult.State = .delivered,
        to target: DeliveryTarget = .webhook("a"),
        at seconds: Int64 = 200
    ) -> DeliveryResult {
        DeliveryResult(key: Delivery.Key(eventID: id, target: target), state: state, at: time(seconds))
    }
}
