/// What the grammar has and this version does not do: refused by name, so that nobody relies on it in vain.
///
/// This is the one list: a feature that arrives is taken off it, together with its call of ``refuse(at:key:_:)``.
enum NotSupportedYet: String, CaseIterable {
    case discover = "discover = true"
    case strategyList = "strategy = \"list\""
    case statePostgreSQL = "postgresql"
    case stateLease = "lease"
    case stateLeaseRenew = "lease_renew"

    /// Complains about the feature at `position`.
    func refuse(at position: Position, key: String, _ collector: ComplaintCollector) {
        collector.error("\(rawValue) is not supported yet", at: position, key: key)
    }
}
