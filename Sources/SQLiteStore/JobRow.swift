import ImportWatch

/// The table `job`.
extension JobRecord: TableRow {
    static let select = "SELECT \(columns.joined(separator: ", ")) FROM job"
    static let upsert = """
        INSERT OR REPLACE INTO job (\(columns.joined(separator: ", ")))
        VALUES (\(columns.map { _ in "?" }.joined(separator: ", ")))
        """

    static var blank: JobRecord {
        JobRecord(key: JobKey(region: "", id: ""), source: "", firstSeenAt: WallTime(millisecondsSinceEpoch: 0))
    }

    mutating func pass(through row: inout some RowFields) {
        row.pass("region", &key.region)
        row.pass("id", &key.id)
        row.pass("source", &source)
        row.pass("first_seen_at", &firstSeenAt)
        row.pass("status", &status)
        row.pass("processed", &processedRecords)
        row.pass("failed", &failedRecords)
        row.pass("created_at", &createdAt)
        row.pass("not_found_since", &notFoundSince)
        row.pass("told_lost", &toldLost)
        row.pass("told_overdue", &toldOverdue)
        row.pass("finished_at", &finishedAt)
        row.pass("answered_at", &answeredAt)
    }
}
