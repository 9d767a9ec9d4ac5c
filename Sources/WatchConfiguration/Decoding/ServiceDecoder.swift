/// Reads `[state]` and `[metrics]`: where the service itself writes.
enum ServiceDecoder {
    static func state(_ top: inout SectionReader, _ paths: PathRules) -> Configuration.State {
        var section = top.table("state") ?? top.absent("state")
        let path = FilePath.read("path", &section)?.value ?? section.usualText("path")
        let state = Configuration.State(path: paths.state(path), keep: section.duration("keep"))
        for feature in [NotSupportedYet.statePostgreSQL, .stateLease, .stateLeaseRenew] {
            guard let entry = section.take(feature.rawValue) else { continue }
            let key = section.qualified(feature.rawValue)
            feature.refuse(at: entry.keyPosition, key: key, section.collector)
        }
        section.finish()
        return state
    }

    static func metrics(_ top: inout SectionReader, _ paths: PathRules) -> Configuration.Metrics {
        var metrics = Configuration.Metrics(textfile: nil)
        guard var section = top.table("metrics") else { return metrics }
        if let file = FilePath.readOptional("textfile", &section) {
            if !file.value.hasSuffix(".prom") {
                section.complain("textfile", "must end with .prom, or collectors pass it over", at: file.position)
            }
            metrics.textfile = paths.beside(file.value)
        }
        section.finish()
        return metrics
    }
}
