/// Reads `[state]` and `[metrics]`: where the service itself writes.
enum ServiceDecoder {
    static func state(_ top: inout SectionReader, _ paths: PathRules) -> Configuration.State {
        var state = state(in: paths.state("state.sqlite"))
        guard var section = top.table("state") else { return state }
        if let path = FilePath.read("path", example: "state.sqlite", &section) {
            state = self.state(in: paths.state(path.value))
        }
        let ages = Duration.seconds(60)...Duration.seconds(3650 * 86_400)
        if let keep = section.duration("keep", in: ages, example: "720h") { state.keep = keep.value }
        for feature in [NotSupportedYet.statePostgreSQL, .stateLease, .stateLeaseRenew] {
            guard let entry = section.take(feature.rawValue) else { continue }
            let key = section.qualified(feature.rawValue)
            feature.refuse(at: entry.keyPosition, key: key, section.collector)
        }
        section.finish()
        return state
    }

    private static func state(in file: String) -> Configuration.State {
        Configuration.State(store: .sqlite(path: file), controlPath: file + ".control", keep: .seconds(720 * 3600))
    }

    static func metrics(_ top: inout SectionReader, _ paths: PathRules) -> Configuration.Metrics {
        var metrics = Configuration.Metrics(textfile: nil)
        guard var section = top.table("metrics") else { return metrics }
        let example = "/var/lib/prometheus/node-exporter/importwatchd.prom"
        if let file = FilePath.readOptional("textfile", example: example, &section) {
            if !file.value.hasSuffix(".prom") {
                section.complain("textfile", "must end with .prom, or collectors pass it over", at: file.position)
            }
            metrics.textfile = paths.beside(file.value)
        }
        section.finish()
        return metrics
    }
}
