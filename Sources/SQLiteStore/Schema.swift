import ImportWatch

/// The tables, and the steps that bring an older file up to them.
enum Schema {
    /// Each step leads from the version that is its index to the next; the file's version is its `user_version`.
    static let steps = [
        """
        CREATE TABLE job (
            region TEXT NOT NULL, id TEXT NOT NULL, source TEXT NOT NULL, status TEXT,
            processed INTEGER, failed INTEGER, created_at INTEGER, first_seen_at INTEGER NOT NULL,
            not_found_since INTEGER, told_lost INTEGER NOT NULL, told_overdue INTEGER NOT NULL,
            finished_at INTEGER, answered_at INTEGER,
            PRIMARY KEY (region, id)
        ) WITHOUT ROWID;
        CREATE TABLE event (
            number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, type TEXT NOT NULL, occurred_at INTEGER NOT NULL,
            source TEXT NOT NULL, region TEXT NOT NULL, job_id TEXT NOT NULL, status TEXT NOT NULL,
            previous_status TEXT, destination TEXT, contact_list TEXT, action TEXT, s3_url TEXT, format TEXT,
            processed INTEGER, failed INTEGER, created_at INTEGER, completed_at INTEGER, has_failure INTEGER NOT NULL,
            failure_message TEXT, failed_records_url TEXT, request_id TEXT
        );
        CREATE TABLE delivery (
            event_id TEXT NOT NULL REFERENCES event (id) ON DELETE CASCADE, target TEXT NOT NULL,
            state TEXT NOT NULL, attempts INTEGER NOT NULL, last_attempt_at INTEGER, next_attempt_at INTEGER NOT NULL,
            ended_at INTEGER, http_status INTEGER, problem TEXT,
            PRIMARY KEY (event_id, target)
        ) WITHOUT ROWID;
        CREATE INDEX delivery_pending ON delivery (event_id) WHERE state = 'pending';
        """,
        """
        ALTER TABLE delivery ADD COLUMN replayed_at INTEGER;
        ALTER TABLE delivery ADD COLUMN attempts_before_replay INTEGER;
        CREATE INDEX delivery_ended ON delivery (ended_at) WHERE state != 'pending';
        CREATE INDEX event_job ON event (job_id);
        """,
    ]

    /// Brings `database` up to the newest of `steps`, all in one transaction.
    static func migrate(_ database: Database, steps: [String] = Schema.steps) throws(StateStoreError) {
        let version = Int(try database.integer("PRAGMA user_version"))
        guard version <= steps.count else {
            throw .tooNew(path: database.path, version: version, supported: steps.count)
        }
        guard version < steps.count else { return }
        try database.transaction { () throws(StateStoreError) in
            for step in steps[max(0, version)...] { try database.execute(step) }
            try database.execute("PRAGMA user_version = \(steps.count)")
        }
    }
}
