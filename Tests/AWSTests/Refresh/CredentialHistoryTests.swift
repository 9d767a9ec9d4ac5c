import ImportWatch
import TestSupport
import Testing

@testable import AWS

/// Random histories of a provider and a service over the policy, as a daemon lives through them.
@Suite struct CredentialHistoryTests {
    /// What the provider does with the fetches that begin.
    private enum Manner: CaseIterable {
        case same, new, failing, hanging, ended, ending
    }

    /// One life: a provider that changes its manner, a service that takes what it takes, polls under way, reloads.
    private struct World {
        var random: SeededGenerator
        var policy = RefreshPolicy()
        /// What the machine's clock says; steps now and then.
        var wall = WallTime(secondsSinceEpoch: Int64(1_795_000_000))
        /// Milliseconds that really passed.
        var now = 0
        var manner = Manner.new
        var serial = 0
        var given: Credentials?
        var valid: Set<String> = []
        var takesNone = false
        var fetch: (ends: Int, result: Credentials?)?
        var polls: [(ends: Int, keys: Credentials)] = []
        var fetches: [Int] = []
        var alarms: [(at: Int, keys: Credentials)] = []
        var isInTrouble = false
        var entries = 0

        init(seed: UInt64) {
            random = SeededGenerator(seed: seed)
        }

        mutating func draw() -> Double { Double.random(in: 0...1, using: &random) }
        mutating func chance(_ probability: Double) -> Bool { draw() < probability }

        mutating func keys() -> Credentials? {
            func made(_ seconds: Double?) -> Credentials {
                serial += 1
                return Credentials(
                    accessKeyID: "K\(serial)",
                    secretAccessKey: "s",
                    expiresAt: seconds.map { wall.advanced(by: .seconds($0)) },
                    provider: "test"
                )
            }
            switch manner {
            case .same: return given ?? made(nil)
            case .new: return made([nil, 600, 3600, 36_000][Int.random(in: 0..<4, using: &random)])
            case .ended: return made(-5)
            case .ending: return made(Double.random(in: 0.1...20, using: &random))
            case .failing, .hanging: return nil
            }
        }

        mutating func begin() {
            guard fetch == nil else { return }
            policy.began()
            fetches.append(now)
            let found = keys()
            if manner == .new || manner == .ending, let found, !takesNone { valid.insert(found.accessKeyID) }
            given = found ?? given
            fetch = (now + (manner == .hanging ? 60_000 : Int.random(in: 1...800, using: &random)), found)
        }

        mutating func endFetch() {
            guard let done = fetch, done.ends <= now else { return }
            fetch = nil
            if let keys = done.result, keys.expiresAt.map({ $0 > wall }) ?? true {
                policy.refreshed(keys, now: wall, random: draw())
            } else {
                _ = policy.failed(now: wall, random: draw())
            }
        }

        /// A poll leaves, if it may; answers whether one did.
        mutating func poll() -> Bool {
            switch policy.step(now: wall) {
            case .use(let keys): send(keys)
            case .useAndRefresh(let keys):
                begin()
                send(keys)
            case .wait:
                begin()
                return false
            case .refuse: return false
            }
            return true
        }

        mutating func send(_ keys: Credentials) {
            polls.append((now + Int.random(in: 20...1500, using: &random), keys))
        }

        func isAccepted(_ keys: Credentials) -> Bool {
            !takesNone && valid.contains(keys.accessKeyID) && (keys.expiresAt.map { $0 > wall } ?? true)
        }

        mutating func endPolls() {
            let done = polls.filter { $0.ends <= now }
            polls.removeAll { $0.ends <= now }
            for poll in done {
                if isAccepted(poll.keys) {
                    policy.accepted(poll.keys)
                    if isInTrouble { entries += 1 }
                    isInTrouble = false
                    continue
                }
                let isCurrent = poll.keys == policy.credentials
                let wasFetching = fetch != nil
                if policy.rejected(poll.keys, now: wall, random: draw()) {
                    if policy.step(now: wall) == .wait { begin() }
                } else {
                    #expect(isCurrent && !wasFetching, "a false alarm")
                    alarms.append((now, poll.keys))
                    if !isInTrouble { entries += 1 }
                    isInTrouble = true
                }
            }
        }
    }

    @Test(arguments: 0..<8) func historiesHoldWhatThePolicyPromises(part: UInt64) {
        for seed in part * 40..<(part + 1) * 40 { live(seed: seed) }
    }

    private func live(seed: UInt64) {
        var world = World(seed: seed)
        let isSteady = seed % 2 == 0
        var idle = 0
        for tick in 0..<3_000 {
            world.now += 100
            world.wall = world.wall.advanced(by: .milliseconds(100))
            if tick % 200 == 0 {
                world.manner = Manner.allCases.randomElement(using: &world.random) ?? .new
                if world.chance(0.3) { world.takesNone.toggle() }
                if world.chance(0.3) { world.valid = [] }
            }
            if world.chance(0.002), let keys = world.policy.credentials { world.valid.remove(keys.accessKeyID) }
            if !isSteady, world.chance(0.001) {
                world.wall = world.wall.advanced(by: .seconds(Double.random(in: -4000...4000, using: &world.random)))
            }
            if world.chance(0.001) {
                world.policy = RefreshPolicy(replacing: world.policy)
                world.fetch = nil
                world.begin()
            }
            if world.chance(0.001) {
                world.policy.sourceChanged()
            }
            world.endFetch()
            world.endPolls()
            let held = world.policy.credentials
            let isGood = held.map { keys in
                world.isAccepted(keys) && (keys.expiresAt.map { world.wall.advanced(by: .seconds(60)) < $0 } ?? true)
            }
            let before = world.policy.step(now: world.wall)
            let went = world.poll()
            // Good keys that nobody refused and no file's change put in doubt are used, whatever a fetch does.
            if isGood == true, !went, before == .refuse { Issue.record("seed \(seed): good keys lay idle at \(tick)") }
            idle = isGood == true && !went ? idle + 1 : 0
            #expect(idle <= 610, "seed \(seed): good keys lay idle for a minute at \(tick)")
        }
        // What refusals lead to, files that changed, and keys that ended within seconds.
        for (index, start) in world.fetches.enumerated() {
            let count = world.fetches[index...].prefix { $0 < start + 60_000 }.count
            #expect(count <= 40, "seed \(seed): \(count) fetches in a minute")
        }
    }

    /// A provider that is always new and a service that takes nothing: the fetches of an hour, for each pace of polls.
    @Test(arguments: [50, 1_000, 30_000]) func fetchesThatNeverHelpAreBounded(pace: Int) {
        var world = World(seed: UInt64(pace))
        world.takesNone = true
        while world.now < 3_600_000 {
            world.now += pace
            world.wall = world.wall.advanced(by: .milliseconds(Int64(pace)))
            world.endFetch()
            world.endPolls()
            _ = world.poll()
        }
        #expect(world.fetches.count <= 130, "\(world.fetches.count) fetches at a poll each \(pace) ms")
        #expect(world.entries == 1)
        // Mended, it is noticed in bounded time.
        world.takesNone = false
        let mended = world.now
        while world.isInTrouble, world.now < mended + 600_000 {
            world.now += pace
            world.wall = world.wall.advanced(by: .milliseconds(Int64(pace)))
            world.endFetch()
            world.endPolls()
            _ = world.poll()
        }
        #expect(world.now - mended <= 63_000 + 2 * pace, "noticed after \(world.now - mended) ms")
        #expect(world.entries == 2)
    }

    /// Keys are revoked with polls under way, over and over, and the provider has the next: nobody is alarmed.
    @Test func revocationsWithPollsUnderWayRaiseNoAlarm() {
        for seed in UInt64(0)..<100 {
            var world = World(seed: seed)
            for tick in 0..<1_200 {
                world.now += 50
                world.wall = world.wall.advanced(by: .milliseconds(50))
                if tick % 150 == 149 { world.valid = [] }
                world.endFetch()
                world.endPolls()
                _ = world.poll()
            }
            #expect(world.alarms.isEmpty, "seed \(seed)")
            #expect((8...9).contains(world.fetches.count), "seed \(seed): \(world.fetches.count) fetches")
        }
    }
}
