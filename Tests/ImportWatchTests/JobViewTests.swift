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

    /// Lost and overdue jobs come first, then those that ended badly, those that have not ended, and the others.
    @Test func whatEndedBadlyComesBeforeWhatGoesOn() {
        func record(_ id: String, _ status: JobStatus, failed: Int64 = 0, isOver: Bool = true) -> JobRecord {
            var record = JobRecord(
                key: JobKey(region: "eu-west-1", id: id),
                source: "default",
                firstSeenAt: WallTime(millisecondsSinceEpoch: 0)
            )
            record.status = status
            record.failedRecords = failed
            if isOver { record.finishedAt = WallTime(millisecondsSinceEpoch: 1) }
            return record
        }
        var overdue = record("i", .processing, isOver: false)
        overdue.toldOverdue = true
        var late = record("j", .completed)
        late.toldOverdue = true
        let records = [
            record("a", .completed), record("b", .failed), record("c", .processing, failed: 3, isOver: false),
            record("d", .completed, failed: 1), record("e", .cancelled), record("f", .error), overdue, late,
        ]
        var harness = PollerHarness()
        harness.setJobs(records.map(\.key.id), records: records)
        #expect(harness.poller.views(limit: 9).map(\.record.key.id) == ["i", "b", "d", "e", "f", "c", "a", "j"])
        #expect(
            records.shuffled().sorted(by: JobRecord.needsLookFirst).map(\.key.id) == [
                "i", "b", "d", "e", "f", "c", "a", "j",
            ]
        )
        let counts = harness.poller.counts()
        #expect(counts.watched == 2 && counts.overdue == 1 && counts.lost == 0)
        #expect(counts.ended == [.completed: 2, .completedWithErrors: 1, .failed: 2, .cancelled: 1])
        #expect(counts.trouble == ["2 failed", "1 cancelled", "1 with failed records", "1 overdue"])
    }
}
