import ImportWatch

/// `[polling]` as far as it is written; what is not comes from the level above or the defaults.
struct PollingDecoder {
    private static let keys = KeyTable.rows.filter { $0.section == .polling }

    private var written: [String: Located<ConfigurationKey.Value>] = [:]

    /// Nothing is written.
    init() {}

    /// Reads the whole table.
    init(_ section: inout SectionReader) {
        for key in Self.keys { written[key.name] = section.value(key.name) }
        if let strategy = written["strategy"], strategy.value == .text("list") {
            let key = section.qualified("strategy")
            NotSupportedYet.strategyList.refuse(at: strategy.position, key: key, section.collector)
        }
        section.finish()
    }

    /// Puts the settings in force into a source: what is missing is taken from `parent`, or stays as it is.
    func apply(over parent: PollingDecoder, to source: inout Configuration.Source, _ collector: ComplaintCollector) {
        let inForce = parent.written.merging(written) { $1 }
        for key in Self.keys {
            if let value = inForce[key.name]?.value { key.store?(value, &source) }
        }
        let ends = ["min_delay", "max_delay"]
        let position = (ends.map { written[$0] } + ends.map { inForce[$0] }).compactMap { $0?.position }.first
        let (low, high) = (source.polling.minDelay, source.polling.maxDelay)
        guard let position, low > high else { return }
        let lowText = DurationText.render(low) + (inForce["min_delay"] == nil ? ", the default" : "")
        let highText = DurationText.render(high) + (inForce["max_delay"] == nil ? ", the default" : "")
        let message = "min_delay (\(lowText)) is longer than max_delay (\(highText)); set both so that they fit"
        collector.error(message, at: position, key: "polling.min_delay")
    }
}
