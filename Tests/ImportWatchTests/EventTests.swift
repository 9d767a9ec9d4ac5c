import ImportWatch
import Testing

@Suite struct EventTests {
    @Test func identityIsLengthPrefixed() {
        let identity = JobEvent.identity(region: "eu", jobID: "a", type: .lost)
        let type = Array("ses.import_job.lost".utf8)
        #expect(identity == [0, 0, 0, 2] + Array("eu".utf8) + [0, 0, 0, 1] + Array("a".utf8) + [0, 0, 0, 19] + type)
        #expect(JobEvent.id(digest: [UInt8](repeating: 0xAB, count: 32)) == "evt_" + String(repeating: "ab", count: 16))
    }

    @Test func everyKindOfEntryHasItsOwnMessageID() {
        let ids = JournalEntry.Kind.allCases.map(\.messageID)
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.utf8.count == 32 })
    }

    @Test(arguments: [
        (EventType.completed, 5), (.completedWithErrors, 4), (.cancelled, 4), (.overdue, 4), (.failed, 3), (.lost, 3),
    ])
    func prioritiesAreThoseOfTheDesign(type: EventType, priority: Int) {
        let event = JobEvent(
            id: "evt_1",
            type: type,
            occurredAt: WallTime(millisecondsSinceEpoch: 0),
            source: "us",
            region: "us-east-1",
            job: ImportJob(id: "a", status: .completed, processedRecords: 12, failedRecords: 2),
            previousStatus: .processing,
            requestID: "r1"
        )
        let entry = JournalEntry(telling: event)
        #expect(entry.priority.rawValue == priority)
        #expect(entry.fields[.jobID] == "a")
        #expect(entry.fields[.previousStatus] == "PROCESSING")
        #expect(entry.fields[.eventType] == "ses.import_job." + type.rawValue)
        #expect(entry.fields[.processedRecords] == "12")
        #expect(entry.fields[.requestID] == "r1")
    }

    @Test(arguments: ["", ".", "..", "a\u{0}b", "a\nb", String(repeating: "x", count: 257)])
    func someTextsAreNoJobIDs(id: String) {
        #expect(JobID.problem(with: id) != nil)
    }

    @Test func ordinaryTextsAre() {
        for id in ["6f0c4f8e-1", "a/b", "...", "é", String(repeating: "x", count: 256)] {
            #expect(JobID.problem(with: id) == nil)
        }
    }
}
