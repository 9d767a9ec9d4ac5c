import ImportWatch
import TestSupport
import Testing

/// Whatever comes and goes, crashes, fills up and is set wrong: every end is told, once, to everybody.
@Suite struct OutcomeHistoriesTests {
    private static let histories = 2000

    @Test func everyEndIsToldOnceToEveryTarget() async {
        var goodStops = 0
        for seed in 0..<Self.histories {
            // Other tests run on the same few threads, and some of them wait for programs.
            await Task.yield()
            var world = ModelWorld(seed: UInt64(seed))
            play(&world)
            settle(&world)
            check(world, "history \(seed)")
            goodStops += world.goodStops
        }
        #expect(goodStops > Self.histories / 10)
    }

    /// A state that gets damaged under a daemon costs nothing that the daemon remembers.
    @Test func everyEndIsToldOnceAlthoughTheStateIsDamaged() async {
        for seed in 0..<Self.histories / 4 {
            await Task.yield()
            var world = ModelWorld(seed: UInt64(seed))
            world.trouble = world.pick(0..<60)
            for job in 0..<world.pick(1..<6) { world.list(job) }
            for _ in 0..<world.pick(20..<120) {
                switch world.pick(0..<30) {
                case 0: world.list(world.pick(0..<8))
                case 1: world.toggleWebhook(["ops", "chat"][world.pick(0..<2)])
                case 2: world.isDiskDamaged = true
                case 3: world.replayPending()
                default: world.step(atMost: .seconds(20))
                }
            }
            world.isDiskDamaged = false
            settle(&world)
            #expect(world.owed.count == world.ends.count, "history \(seed)")
            #expect(world.disk.pending.isEmpty, "history \(seed)")
            for (id, targets) in world.owed {
                for target in targets {
                    #expect(world.arrivals[Delivery.Key(eventID: id, target: target)] == 1, "history \(seed)")
                }
            }
        }
    }

    /// Some minutes in which anything happens.
    private func play(_ world: inout ModelWorld) {
        world.trouble = world.pick(0..<60)
        for job in 0..<world.pick(1..<6) { world.list(job) }
        for _ in 0..<world.pick(20..<120) {
            switch world.pick(0..<40) {
            case 0: world.list(world.pick(0..<8))
            case 1: world.unlist(world.pick(0..<8))
            case 2: world.renameSource(["first", "second"][world.pick(0..<2)])
            case 3: world.toggleWebhook(["ops", "chat"][world.pick(0..<2)])
            case 4: world.isDiskFull.toggle()
            case 5: world.crash()
            case 6: world.setClock(world.pick(-30..<31))
            case 7: world.stop()
            case 8: world.replayPending()
            default: world.step(atMost: .seconds(20))
            }
        }
    }

    /// Everything is well again and stays so, until nothing is left to be done.
    private func settle(_ world: inout ModelWorld) {
        world.trouble = 0
        world.isDiskFull = false
        for job in 0..<8 where world.ends[job] != nil { world.list(job) }
        world.setWebhooks(["ops", "chat"])
        var calm = 0
        for _ in 0..<20_000 where calm < 20 {
            world.step(atMost: .seconds(600))
            let isDone = world.disk.pending.isEmpty && world.owed.count == world.ends.count
            calm = isDone ? calm + 1 : 0
        }
    }

    private func check(_ world: ModelWorld, _ history: Comment) {
        let jobs = world.disk.events.values.map(\.job.id)
        #expect(jobs.sorted() == world.ends.keys.map { "job-\($0)" }.sorted(), history)
        #expect(world.disk.events.values.allSatisfy { $0.type == .failed }, history)
        #expect(world.badEntries.isEmpty, history)
        for id in world.disk.events.keys {
            for target in (world.owed[id] ?? []).union([.journal]) {
                let key = Delivery.Key(eventID: id, target: target)
                #expect(world.disk.deliveries[key]?.standing == .delivered, history)
            }
        }
        for (key, row) in world.disk.deliveries {
            let arrived = world.arrivals[key] ?? 0
            #expect(row.standing == .delivered && arrived >= 1, history)
            #expect(arrived <= 1 + (world.excused[key] ?? 0), history)
        }
        #expect(isWithinBudget(world.pollTimes), history)
    }

    /// At most rate × w + capacity polls in any window w, whatever was restarted or renamed meanwhile.
    private func isWithinBudget(_ times: [MonotonicInstant]) -> Bool {
        for first in times.indices {
            for last in first..<min(times.count, first + 60) {
                let window = times[first].duration(to: times[last]).seconds
                let allowed = ModelWorld.rate * window + max(1, ModelWorld.rate) + 1e-6
                if Double(last - first + 1) > allowed { return false }
            }
        }
        return true
    }
}
