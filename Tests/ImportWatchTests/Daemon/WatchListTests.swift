import Testing

@testable import ImportWatch

@Suite struct WatchListTests {
    private func list(_ sources: (name: String, region: String, jobs: [String])...) -> WatchList {
        WatchList(sources.map { WatchList.Source(name: $0.name, region: $0.region, jobs: $0.jobs) })
    }

    @Test func jobsAreCountedByRegionWhateverTheirSourceIsCalled() {
        let old = list(("a", "eu", ["1", "2", "3"]), ("b", "us", ["1"]))
        #expect(list(("a", "eu", ["1", "2", "3"]), ("c", "us", ["1"])).change(since: old) == (0, 0))
        #expect(list(("x", "eu", ["3", "2", "1"]), ("b", "us", ["1"])).change(since: old) == (0, 0))
        #expect(list(("a", "us", ["1", "2"])).change(since: old) == (1, 3))
        #expect(old.change(since: WatchList()) == (4, 0))
    }

    @Test func onlyWhatIsNewToItsSourceIsLookedUp() {
        let new = list(("a", "eu", ["1", "2"]), ("b", "us", ["1"]))
        let keys = [("eu", "1"), ("eu", "2"), ("us", "1"), ("us", "9")].map { JobKey(region: $0, id: $1) }
        let time = WallTime(millisecondsSinceEpoch: 0)
        let records = keys.map { JobRecord(key: $0, source: "old", firstSeenAt: time) }
        let found = new.remembered(from: records) { place, id in place == 0 && id == "1" }
        #expect(Set(found.keys) == [JobKey(region: "eu", id: "2"), JobKey(region: "us", id: "1")])
    }
}
