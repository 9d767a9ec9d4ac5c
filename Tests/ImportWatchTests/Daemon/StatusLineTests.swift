import Testing

@testable import ImportWatch

@Suite struct StatusLineTests {
    private func second(_ count: Int64) -> MonotonicInstant { MonotonicInstant(nanoseconds: count * 1_000_000_000) }

    @Test func goesOutWhenItsWordsChangeAtMostEveryFiveSeconds() {
        var line = StatusLine()
        #expect(line.waitsUntil(now: second(1)) == nil)
        #expect(line.due("a", now: second(1)) == "a")
        #expect(line.due("b", now: second(3)) == nil)
        #expect(line.waitsUntil(now: second(3)) == second(6))
        #expect(line.due("b", now: second(6)) == "b")
        #expect(line.due("b", now: second(60)) == nil)
        #expect(line.waitsUntil(now: second(60)) == nil)
    }
}
