import Crypto
import ImportWatch
import SQLiteStore

/// Commits events one by one, each with its job's record and a delivery to the journal and one webhook.
func commitEvents(count: Int, path: String) async throws {
    let store = SQLiteStore(path: path)
    _ = try await store.load()
    for number in 0..<count {
        let event = event(ofJob: Source.jobID(number))
        var record = JobRecord(
            key: JobKey(region: event.region, id: event.job.id),
            source: event.source,
            firstSeenAt: Service.start
        )
        record.status = event.job.status
        record.finishedAt = event.occurredAt
        let batch = StateBatch(jobs: [record], events: [.init(event: event, targets: [.journal, .webhook("ops")])])
        _ = try await store.commit(batch)
    }
    await store.close()
}

private func event(ofJob id: String) -> JobEvent {
    JobEvent(
        .failed,
        of: ImportJob(
            id: id,
            status: .failed,
            destination: .contactList(name: "newsletter", action: "PUT"),
            dataSource: .init(s3URL: "s3://imports-eu-west-1/2026/11/newsletter.csv", format: "CSV"),
            processedRecords: 1200,
            failedRecords: 7,
            createdAt: Service.start,
            completedAt: Service.start,
            failure: .init(message: "7 records could not be imported.", failedRecordsURL: nil)
        ),
        occurredAt: Service.start,
        source: "default",
        region: "eu-west-1",
        previousStatus: .processing,
        requestID: "3f2c61a45be84f0c9f4f2f2e65a1c7d9",
        digest: { Digest.sha256($0) }
    )
}
