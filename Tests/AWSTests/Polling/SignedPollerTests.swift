import ImportWatch
import TestSupport
import Testing

@testable import AWS

@Suite struct SignedPollerTests {
    /// A budget that nothing but the pacer holds back, and short lists.
    private func world(seed: UInt64 = 2, jobs: Int = 5) -> SignedWorld { SignedWorld(seed: seed, jobs: jobs) }

    @Test func nothingLeavesBeforeThereAreCredentials() {
        var world = world()
        world.searchTakes = 300_000...300_000
        world.live(for: .seconds(299))
        #expect(world.sent.isEmpty && world.begunSearches == 1)
        #expect(world.signed.isAwaitingCredentials)
        world.live(for: .seconds(60))
        #expect(Set(world.polled.keys).count == 5)
        #expect(world.excess(seconds: 1) <= 0)
    }

    @Test func withoutCredentialsItIsSaidOnceAndTriedEverMoreSeldom() {
        var world = world()
        world.provider = .failing
        world.live(for: .seconds(3600))
        #expect(world.sent.isEmpty)
        #expect(world.entries.count == 1)
        #expect(world.signed.credentialProblem?.reason == "down")
        #expect((30...400).contains(world.begunSearches), "\(world.begunSearches) searches")
        world.provider = .new
        world.live(for: .seconds(200))
        #expect(world.count(.credentialsAccepted, .notice) == 1)
        #expect(Set(world.polled.keys).count == 5)
    }

    /// A refusal that other keys cure is told nobody, and the job is asked for again with those.
    @Test func refusalsThatOthersCureAreTakenBack() {
        var world = world()
        world.live(for: .seconds(60))
        for _ in 0..<8 {
            world.valid = []
            world.live(for: .seconds(120))
        }
        #expect(world.entries.isEmpty, "\(world.entries.map(\.message))")
        #expect(world.signers.count >= 9)
        #expect(world.signed.poller.health.state == .healthy)
    }

    @Test func refusalsThatNothingCuresAreToldOnce() {
        var world = world()
        world.live(for: .seconds(60))
        world.provider = .same
        world.valid = []
        world.live(for: .seconds(1200))
        #expect(world.count(.credentialsRefused, .error) == 1)
        #expect(world.entries.count == 1)
    }

    @Test func aServiceWithAnotherTimeIsToldOnceAndNoRefusal() {
        for ahead in [Duration.seconds(7200), .seconds(-40_000)] {
            var world = world()
            world.serviceIsAhead = ahead
            world.live(for: .seconds(600))
            #expect(world.count(.clockSkew, .warning) == 1)
            #expect(world.entries.count == 1, "\(world.entries.map(\.message))")
            #expect(world.signed.skew.offset != .zero)
            world.serviceIsAhead = .zero
            world.live(for: .seconds(1200))
            #expect(world.count(.clockSkew, .info) == 1)
            #expect(world.signed.skew.offset == .zero)
        }
    }

    @Test func anotherEndpointsClockIsNotTheOld() {
        var world = world()
        world.serviceIsAhead = .seconds(7200)
        world.live(for: .seconds(60))
        world.reload()
        #expect(world.signed.skew.offset > .seconds(7000))
        world.reload(isSameEndpoint: false)
        #expect(world.signed.skew.offset == .zero)
    }

    /// What a search brings that began before a reload is nobody's any more, and no poll waits for it.
    @Test func aReloadEndsTheWaitForAnOldSearch() {
        var world = world()
        world.provider = .hanging
        world.live(for: .seconds(10))
        #expect(world.signed.isAwaitingCredentials)
        world.provider = .new
        world.reload(isSameIdentity: false)
        #expect(!world.signed.isAwaitingCredentials)
        world.live(for: .seconds(40))
        #expect(Set(world.polled.keys).count == 5)
        world.live(for: .seconds(60))
        #expect(world.entries.isEmpty, "the old search ended with an error")
        #expect(world.signed.credentialProblem == nil)
    }

    @Test func aReloadForTheSameIdentityGoesOnWithTheOldKeys() {
        var world = world()
        world.live(for: .seconds(30))
        let before = world.sent.count
        world.searchTakes = 60_000...60_000
        world.reload()
        #expect(world.begunSearches == 2)
        world.live(for: .seconds(50))
        #expect(world.sent.count > before && world.signers == ["K1"])
        world.live(for: .seconds(120))
        #expect(world.signers == ["K1", "K2"])
    }

    @Test func anotherIdentitysKeysAreNotUsedOn() {
        var world = world()
        world.live(for: .seconds(30))
        world.searchTakes = 60_000...60_000
        world.reload(isSameIdentity: false)
        let before = world.sent.count
        world.live(for: .seconds(50))
        #expect(world.sent.count == before)
        world.live(for: .seconds(60))
        #expect(world.signers == ["K1", "K2"])
    }

    /// Lost jobs are asked about once an hour, but at once when there are keys of what may be another account.
    @Test func otherKeysHaveMissingJobsAskedForAtOnce() {
        var world = world()
        world.known = []
        world.live(for: .seconds(1200))
        let before = world.sent.count
        world.live(for: .seconds(300))
        #expect(world.sent.count == before)
        world.reload(isSameIdentity: false)
        world.known = nil
        world.live(for: .seconds(60))
        let found = world.polled.values.filter { $0.duration(to: world.clock.now) <= .seconds(60) }
        #expect(found.count == 5)
    }
}
