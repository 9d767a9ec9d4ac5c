import ImportWatch
import Testing

@Suite struct JobViewTests {
    @Test func ofManyJobsThoseThatNeedAttentionAreShownFirst() {
        var finished = JobRecord(
            key: JobKey(region: "eu-west-1", id: "a"),
            source: "default",
            firstSeenAt: WallTime(millisecondsSinceEpoch: 0)
        )
        finished.finishedAt = WallTime(millisecondsSinceEpoch: 1)
        var lost = finished
        lost.key.id = "d"
        lost.finishedAt = nil
        lost.toldLost = true
        var harness = PollerHarness()
        harness.setJobs(["a", "b", "c", "d"], records: [finished, lost])
        #expect(harness.poller.views(limit: 9).map(\.record.key.id) == ["d", "b", "c", "a"])
        #expect(harness.poller.views(limit: 2).map(\.record.key.id) == ["d", "b"])
        #expect(harness.poller.views(limit: 0).isEmpty)
        #expect(harness.poller.view(ofJob: "c")?.record.key.id == "c")
        #expect(harness.poller.view(ofJob: "e") == nil)
    }
}
