import ImportWatch
import TestSupport
import Testing

@testable import AWS

/// Random histories of a source: credentials that come late, fail, are revoked and renewed, clocks apart, throttling, and
/// reloads in the middle of each.
@Suite struct SignedHistoryTests {
    private static func disturb(_ world: inout SignedWorld) {
        switch Int.random(in: 0..<12, using: &world.random) {
        case 0, 1: world.provider = SignedWorld.Provider.allCases.randomElement(using: &world.random) ?? .new
        case 2: world.searchTakes = world.chance(0.5) ? 5000...45_000 : 1...800
        case 3, 4: world.valid = []
        case 5: world.serviceIsAhead = .seconds(Int64.random(in: -20_000...20_000, using: &world.random))
        case 6: world.throttles = world.chance(0.5)
        case 7: world.known = world.chance(0.5) ? ["job-0", "job-7"] : nil
        case 8: world.clock.setWall(by: .seconds(Int64.random(in: -4000...4000, using: &world.random)))
        case 9: world.reload(isSameEndpoint: world.chance(0.5), isSameIdentity: world.chance(0.5))
        case 10: world.reload()
        default: world.signed.poller.resumed(now: world.clock.now)
        }
    }

    @Test(arguments: 0..<40) func theBudgetHoldsAndEveryJobIsPolledAgain(seed: Int) {
        var world = SignedWorld(seed: UInt64(seed))
        for _ in 0..<80 {
            if world.chance(0.7) { Self.disturb(&world) }
            world.live(for: .milliseconds(Int64.random(in: 10...90_000, using: &world.random)))
            #expect(world.signed.poller.inFlight == world.flights.count)
        }
        for seconds in [1, 10, 60] as [Int64] {
            #expect(world.excess(seconds: seconds) <= 1e-6, "in \(seconds) s")
        }
        // All is mended: whatever was under way before, every job is asked for, and that is all there is to say.
        world.provider = .new
        world.searchTakes = 1...800
        world.serviceIsAhead = .zero
        world.throttles = false
        world.known = nil
        world.reload()
        world.live(for: .seconds(1500))
        let mended = world.clock.now
        let entries = world.entries.count
        world.live(for: .seconds(1200))
        #expect(world.polled.values.allSatisfy { $0 > mended } && world.polled.count == 30)
        #expect(world.signed.poller.health.state == .healthy)
        #expect(world.signed.credentialProblem == nil)
        #expect(world.entries.dropFirst(entries).allSatisfy { [.notice, .info].contains($0.priority) })
    }

    /// However long searches take, polls that waited for them leave by the budget.
    @Test(arguments: 0..<12) func lateCredentialsLeaveTheBudgetAlone(seed: Int) {
        var world = SignedWorld(seed: UInt64(seed))
        world.searchTakes = 1...120_000
        for _ in 0..<60 {
            // Not those that the service has never taken: their refusal is news.
            if world.areKeysAccepted, world.chance(0.5) { world.valid = [] }
            world.live(for: .seconds(60))
        }
        #expect(world.signers.count > 10)
        for seconds in [1, 10, 60] as [Int64] { #expect(world.excess(seconds: seconds) <= 1e-6) }
        #expect(world.count(.credentialsRefused, .error) == 0, "\(world.entries.map(\.message))")
    }
}
