/// Reads `[metrics]`.
enum MetricsDecoder {
    static func decode(_ top: inout SectionReader, _ paths: PathRules) -> Configuration.Metrics {
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
