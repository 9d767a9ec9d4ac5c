/// What identifies a job in the state: its Region and its ID, whatever its source is called.
public struct JobKey: Hashable, Sendable {
    /// The AWS Region.
    public var region: String
    /// The job's ID.
    public var id: String

    /// Makes a key.
    public init(region: String, id: String) {
        self.region = region
        self.id = id
    }
}
