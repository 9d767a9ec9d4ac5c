/// Remembers every delivery until it is pruned; the port by which people look deliveries up and have them sent again.
public protocol DeliveryArchive: Sendable {
    /// The deliveries that a filter lets through, the newest event's first, with those that can't be read.
    func deliveries(_ filter: DeliveryFilter) async throws(StateStoreError) -> DeliveryList

    /// How many deliveries were given up, by target.
    func deadDeliveries() async throws(StateStoreError) -> [DeliveryTarget: Int]

    /// Makes webhook deliveries pending and due at once, on disk, and answers them.
    func replay(_ selection: ReplaySelection, at time: WallTime) async throws(StateStoreError) -> [Delivery]
}
