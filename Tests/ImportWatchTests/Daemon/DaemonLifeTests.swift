import TestSupport
import Testing

@testable import ImportWatch

@Suite struct DaemonLifeTests {
    private static let limit = MonotonicInstant(nanoseconds: 500_000_000)

    /// Random askers against a model: each is answered once, by a reload that began after it asked.
    @Test func eachIsAnsweredOnceByAReloadThatBeganLater() {
        for seed in 0..<200 { play(seed: UInt64(seed)) }
    }

    private func play(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var life = DaemonLife.starting(isReloadWanted: false)
        var waiting: [Int: [Int]] = [:]
        var asked: [Int: Int] = [:]
        var answered: Set<Int> = []
        var begun = 0
        var isUnderWay = false
        func finish() {
            guard let (number, nextBegins) = life.finishReload() else { return }
            for waiter in waiting.removeValue(forKey: number) ?? [] {
                #expect(answered.insert(waiter).inserted)
                #expect(asked[waiter].map { $0 < begun } == true)
            }
            isUnderWay = nextBegins
            begun += nextBegins ? 1 : 0
        }
        for waiter in 0..<100 {
            if isUnderWay, Bool.random(using: &random) { finish() }
            if waiter == 3 {
                let begins = life.loaded()
                #expect(begins)
                isUnderWay = begins
                begun += 1
            }
            asked[waiter] = begun
            guard let turn = life.askForReload() else {
                Issue.record("nobody answers \(waiter)")
                return
            }
            waiting[turn.number, default: []].append(waiter)
            if turn.begins {
                #expect(!isUnderWay && waiter >= 3)
                isUnderWay = true
                begun += 1
            }
        }
        while isUnderWay { finish() }
        #expect(answered.count == 100)
        #expect(waiting.isEmpty)
    }

    @Test func aStartThatNobodyDisturbsBeginsNoReload() {
        var life = DaemonLife.starting(isReloadWanted: false)
        let begins = life.loaded()
        #expect(!begins && life.isRunning)
        let again = life.loaded()
        #expect(!again, "it runs already")
    }

    /// Whatever comes when the stop has begun comes too late, and nothing begins the stop again.
    @Test(arguments: [true, false]) func aStopCannotBeUndone(wasRunning: Bool) {
        var life = DaemonLife.starting(isReloadWanted: false)
        if wasRunning {
            _ = life.loaded()
            _ = life.askForReload()
        }
        let isBegun = life.stop(until: Self.limit)
        #expect(isBegun)
        let stopping = life
        let later = Self.limit.advanced(by: .seconds(1))
        let results = [life.stop(until: later), life.loaded(), life.couldNotStart()]
        #expect(results == [false, false, false])
        let turn = life.askForReload()
        let finished = life.finishReload()
        #expect(turn == nil && finished == nil)
        #expect(life == stopping && life == .stopping(until: Self.limit, wasRunning: wasRunning))
        life.end()
        let again = life.stop(until: later)
        #expect(!again && life == .ended)
    }

    @Test func aStateThatCannotBeReadEndsTheStart() {
        var life = DaemonLife.starting(isReloadWanted: true)
        let isNews = life.couldNotStart()
        #expect(isNews && life == .ended)
        let isBegun = life.loaded()
        #expect(!isBegun && life.isOver)
    }
}
