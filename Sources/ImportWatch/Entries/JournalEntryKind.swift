extension JournalEntry {
    /// A kind of entry, with the MESSAGE_ID that queries and the message catalog know it by.
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// A job completed.
        case jobCompleted = "f6fadfa7e5c14b629362da5cc13da58a"
        /// A job completed with failed records.
        case jobCompletedWithErrors = "2c63888f28f04481be6ddce7a7ace732"
        /// A job failed.
        case jobFailed = "8a119b9e16bc47328f7b7676d015b0dc"
        /// A job was cancelled.
        case jobCancelled = "bc67ba94637d4efaa09e467ada679f81"
        /// A job is not known to the service any more.
        case jobLost = "fab36728a78b4b7e8787c0de2f960063"
        /// A job did not end in time.
        case jobOverdue = "a712755f6cac44d599d5269512e74f7b"
        /// A lost job was found again.
        case jobFound = "ac8efe121c5949f1ba2dde83458bfed0"
        /// A job has a status that this program does not know.
        case unknownStatus = "5796a670482c490e8d9782bfcdc83011"
        /// The service refuses to be asked about a job.
        case jobRefused = "0b80a25553a14945a93258ef7777682c"
        /// None of a source's jobs exists.
        case noJobExists = "45ac16b9c20d4c218f8a7abff2e91ac7"
        /// The service throttles a source.
        case sourceThrottled = "dd2ee150d2844277b89c1af40ce8fcc9"
        /// A source is back at its full pace.
        case sourceAtFullPace = "3c3ae353fb14428e90b401a6c1cc0aff"
        /// The service refuses a source's credentials, or there are none.
        case credentialsRefused = "b9c8b9ffe46e46279419c7723226db94"
        /// A source's credentials are accepted again.
        case credentialsAccepted = "bbeeb6361d334c6d96f0da847a2a3b87"
        /// A source's endpoint gives no usable answers.
        case endpointUnavailable = "68e58909ccb24416925a56c9a30f4300"
        /// A source's endpoint answers again.
        case endpointAvailable = "ff53a46f5ead403a84c4b877678537a3"
        /// The machine's clock differs from the service's.
        case clockSkew = "e179f773a6e043c09514b7dde2ad0478"
        /// A webhook takes no notifications.
        case webhookUnavailable = "0c28cec1b94742afa4b936976b4b76b0"
        /// A webhook takes notifications again.
        case webhookAvailable = "a398d022d4354df48322905089933837"
        /// A notification was given up.
        case deadLetter = "4c8b1eb44f1e4ccf8372a2a784a67245"
        /// Somebody had notifications sent again.
        case replayed = "dc518ab543dc434b97e3adea9a3b3711"
        /// Deliveries are pending for a webhook that is not in the configuration.
        case orphanedDeliveries = "ac9130f4547c47d38e3a655f20731ab2"
        /// The daemon started.
        case started = "ca3ab343ac334b68be9bf77c6519a9d5"
        /// The daemon can't start.
        case cannotStart = "f947750efb154c2597dd18ad767031c7"
        /// The daemon stops.
        case stopping = "03c472ca449548b4b8d889d2b47a5c1d"
        /// The configuration was read anew.
        case reloaded = "77dde229df884e4dac2386e5cc86ba64"
        /// The new configuration is bad; the old one stays in force.
        case reloadRefused = "c3dd75f6808548e6ac925f09a227f039"
        /// The configuration can be read, but something in it deserves a look.
        case configurationWarning = "bb262a934ce14c61aa0336d98b8c82f1"
        /// A summary that someone asked for with SIGUSR1.
        case summary = "b183256ea16e4121b07a6fc42fd7b23a"
        /// The state can't be written.
        case stateUnavailable = "8f39aaa5729a453cb891da33e83a9d40"
        /// The state can be written again.
        case stateAvailable = "e5a9f6b1a29749bfadf438f7b27c1c74"
        /// The state was damaged and was set aside.
        case stateSetAside = "f1a38d3268344c65927cb2382bedda16"
        /// Something in the state can't be read.
        case stateRowsUnreadable = "a463707cd25ae415a8ee6a073df63761"
        /// The journal takes no entries.
        case journalUnavailable = "ef5d123f1e9143ef8d1cd69465beb9aa"
        /// The journal takes entries again.
        case journalAvailable = "502863763f9c4fcbbaca42d829f09b9c"
        /// Metrics can't be written.
        case metricsUnavailable = "cfb644ad5dbe4b5cb9b6441af6f3365a"
        /// Metrics can be written again.
        case metricsWritten = "0f1ed2081df84ec69f1f57824534d4c3"
        /// Entries were dropped because the journal did not take them.
        case entriesDropped = "d00f7b11205f42f788c1d781b972e776"

        /// The MESSAGE_ID: 128 bits as 32 hexadecimal digits.
        public var messageID: String { rawValue }
    }
}
