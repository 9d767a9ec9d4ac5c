import ImportWatch

/// The words of a store that lies in a file.
extension StateStoreError {
    static func inUse(path: String, pid: Int32?) -> StateStoreError {
        about(
            path,
            .inUse,
            "in use by another importwatchd" + (pid.map { " (pid \($0))" } ?? "")
                + "; stop it, or give this one its own [state] path"
        )
    }

    static func missing(path: String) -> StateStoreError {
        about(path, .missing, "there is none; has the daemon ever run with this configuration?")
    }

    static func cannotOpen(path: String, reason: String) -> StateStoreError {
        about(path, .cannotOpen, "\(reason); make its directory writable for the daemon's user, or set [state] path")
    }

    static func tooNew(path: String, version: Int, supported: Int) -> StateStoreError {
        let words = "schema version \(version) is newer than this program's \(supported); upgrade importwatchd"
        return about(path, .tooNew, words)
    }

    static func corrupt(path: String, reason: String) -> StateStoreError {
        about(path, .damaged, "damaged (\(reason))")
    }

    /// Before the start of the daemon.
    static func lost(path: String, what: String) -> StateStoreError {
        about(
            path,
            .lost,
            "\(what), though there was one before: jobs that are still listed and have ended are told "
                + "again, under the same IDs; notifications that were pending in it are lost"
        )
    }

    /// Taken away or cut under the running daemon.
    static func gone(path: String, what: String) -> StateStoreError {
        about(path, .lost, "\(what) while the daemon runs; all that it remembers goes to a new one")
    }

    /// Something else than a file of ours lies where one should.
    static func planted(path: String, what: String) -> StateStoreError {
        about(path, .cannotOpen, "is \(what), which importwatchd never makes there; see who did, and remove it")
    }

    static func diskFull(path: String) -> StateStoreError {
        about(path, .full, "no space left on the disk; free some, nothing is acknowledged until then")
    }

    static func unreadable(path: String, _ delivery: UnreadableDelivery) -> StateStoreError {
        let words = "\(delivery.eventID) (\(delivery.type)) to \(delivery.target): \(delivery.reason)"
        return about(path, .unreadable, "can't be read, and so not be sent again: \(words.inOneLine)")
    }

    static func failed(path: String, reason: String) -> StateStoreError {
        about(path, .failed, reason)
    }

    /// What keeps the daemon's user from working there.
    static func barred(path: String, _ words: String) -> StateStoreError {
        about(path, .cannotOpen, words)
    }

    private static func about(_ path: String, _ kind: Kind, _ words: String) -> StateStoreError {
        StateStoreError(kind, "state \(path): \(words)")
    }
}
