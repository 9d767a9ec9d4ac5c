import TestSupport
import Testing

@testable import ImportWatch

@Suite struct StatePrunerTests {
    @Test func prunesAtStartAndEveryHour() {
        var clock = VirtualClock()
        var pruner = StatePruner(now: clock.now, wall: clock.wall)
        let listed: Set<JobKey> = [JobKey(region: "eu-west-1", id: "a")]
        var times: [Double] = []
        let start = clock.now
        for _ in 0..<1000 {
            let wall = clock.wall
            if let pruning = pruner.due(now: clock.now, wall: wall, keep: .seconds(720 * 3600), listed: { listed }) {
                times.append(start.duration(to: clock.now).seconds)
                #expect(pruning.listed == listed)
                #expect(pruning.endedBefore.duration(to: wall) == .seconds(720 * 3600))
            }
            clock.advance(by: .seconds(20))
        }
        #expect(times == [0, 3600, 7200, 10_800, 14_400, 18_000])
        #expect(start.duration(to: pruner.next) == .seconds(21_600))
    }

    @Test func aClockThatIsSetAheadMakesNothingOld() {
        var clock = VirtualClock()
        var pruner = StatePruner(now: clock.now, wall: clock.wall)
        let begun = clock.wall
        clock.advance(by: .seconds(7200))
        clock.setWall(by: .seconds(31_536_000))
        let pruning = pruner.due(now: clock.now, wall: clock.wall, keep: .seconds(3600), listed: { [] })
        #expect(pruning?.endedBefore == begun.advanced(by: .seconds(3600)))
    }
}
