import ImportWatch

/// The journal entries about what a source's polls are signed with.
struct SignatureReports {
    let source: String
    let region: String

    func clock(_ change: ClockSkew.Change, _ skew: ClockSkew) -> JournalEntry {
        switch change {
        case .differs: entry(.clockSkew, .warning, "\(skew.inWords); signatures use the service's time, set the clock")
        case .agrees: entry(.clockSkew, .info, "\(skew.inWords) again")
        }
    }

    func credentials(_ change: CredentialKeeper.Change) -> JournalEntry {
        switch change {
        case .notRenewed(let error):
            entry(.credentialsRefused, .warning, "credentials were not renewed, the old ones go on: \(error)")
        case .renewed(let time):
            entry(.credentialsAccepted, .notice, "credentials are renewed again after \(time.inWords)")
        }
    }

    func notice(_ words: String) -> JournalEntry { entry(.configurationWarning, .warning, words) }

    private func entry(
        _ kind: JournalEntry.Kind,
        _ priority: JournalEntry.Priority,
        _ words: String
    ) -> JournalEntry {
        JournalEntry(
            kind: kind,
            priority: priority,
            message: "source \(source) (\(region)): \(words)",
            fields: [.source: source, .region: region]
        )
    }
}
