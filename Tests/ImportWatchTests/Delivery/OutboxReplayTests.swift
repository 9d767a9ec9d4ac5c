import TestSupport
import Testing

@testable import ImportWatch

/// What somebody has sent again while its last attempt ends.
@Suite struct OutboxReplayTests {
    /// An outbox whose one delivery has arrived, but for the state, which has it pending still.
    private func arrived() -> (outbox: Outbox, delivery: Delivery, clock: VirtualClock) {
        var (outbox, clock, random) = (Outbox(), VirtualClock(), SeededGenerator(seed: 1))
        let target = DeliveryTarget.webhook("ops")
        outbox.setTargets([target: TargetSettings(concurrency: 4, retries: .webhook(maxAge: .seconds(86_400)))])
        let event = JobEvent(
            id: "evt_1",
            type: .failed,
            occurredAt: clock.wall,
            source: "s",
            region: "eu-west-1",
            job: ImportJob(id: "a", status: .failed),
            previousStatus: nil,
            requestID: nil
        )
        let delivery = Delivery(event: event, target: target)
        outbox.restore([delivery], now: clock.now, wall: clock.wall)
        let attempts = outbox.dueAttempts(now: clock.now, wall: clock.wall)
        let batch = StateBatch(attempts: attempts)
        _ = outbox.committed(batch, pending: [], now: clock.now, wall: clock.wall)
        clock.advance(by: .seconds(1))
        let success = NotificationOutcome.delivered(httpStatus: 204)
        _ = outbox.finished(delivery.key, success, now: clock.now, wall: clock.wall, using: &random)
        return (outbox, delivery, clock)
    }

    @Test func whatHasJustArrivedIsNotPendingWhateverTheStateSays() {
        var (outbox, delivery, clock) = arrived()
        outbox.replay([delivery], ifStillPending: true, now: clock.now, wall: clock.wall)
        #expect(outbox.dueAttempts(now: clock.now, wall: clock.wall).isEmpty)
    }

    @Test func whatIsWantedAgainAlthoughItArrivedIsSent() {
        var (outbox, delivery, clock) = arrived()
        outbox.replay([delivery], ifStillPending: false, now: clock.now, wall: clock.wall)
        #expect(outbox.dueAttempts(now: clock.now, wall: clock.wall).count == 1)
    }
}
