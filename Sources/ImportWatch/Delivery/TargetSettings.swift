/// What a target is to have, and how that is tried.
public struct TargetSettings: Sendable {
    /// The events that it is told.
    public var events: Set<EventType>
    /// Whether it is to have the pre-signed address of failed records.
    public var keepsFailedRecordsURL: Bool
    /// The most attempts under way at once.
    public var concurrency: Int
    /// When failed deliveries are tried again.
    public var retries: RetrySchedule

    public init(
        events: Set<EventType> = Set(EventType.allCases),
        keepsFailedRecordsURL: Bool = false,
        concurrency: Int,
        retries: RetrySchedule
    ) {
        self.events = events
        self.keepsFailedRecordsURL = keepsFailedRecordsURL
        self.concurrency = concurrency
        self.retries = retries
    }

    /// The journal is told everything.
    public static let journal = TargetSettings(concurrency: 100, retries: .journal)
}
