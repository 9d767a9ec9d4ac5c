/// What the grammar has and this version does not do: refused by name, so that nobody relies on it in vain.
enum NotSupportedYet {
    static func refuse(_ what: String, at position: Position, _ collector: ComplaintCollector) {
        collector.error("\(what) is not supported yet", at: position)
    }
}
