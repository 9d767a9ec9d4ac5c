import ImportWatch

/// `[polling]` as far as it is written; what is not comes from the level above or the defaults.
struct PollingDecoder {
    var requestsPerSecond: Double?
    var minDelay: Duration?
    var maxDelay: Duration?
    var requestTimeout: Duration?
    var connectTimeout: Duration?
    var notFoundGrace: Duration?
    var deadline: Duration?
    private var position = Position(line: 1, column: 1)

    private static let strategies = ["auto", "get", "list"]

    init(_ section: inout SectionReader) {
        position = section.position
        requestsPerSecond = section.number("requests_per_second", above: 0, upTo: 1000, example: "1.0")
        minDelay = section.duration("min_delay", from: .milliseconds(100), upTo: .seconds(86_400), example: "5s")?.value
        maxDelay = section.duration("max_delay", from: .milliseconds(100), upTo: .seconds(86_400), example: "2m")?.value
        if let strategy = section.string("strategy", example: "auto") {
            if !Self.strategies.contains(strategy.value) {
                let hint = Suggestion.phrase(for: strategy.value, among: Self.strategies)
                section.collector.error(
                    "\(section.qualified("strategy")) must be \"auto\", \"get\" or \"list\"" + hint,
                    at: strategy.position
                )
            } else if strategy.value == "list" {
                NotSupportedYet.refuse("strategy = \"list\"", at: strategy.position, section.collector)
            }
        }
        let longest = Duration.seconds(600)
        requestTimeout =
            section.duration("request_timeout", from: .milliseconds(100), upTo: longest, example: "15s")?.value
        connectTimeout =
            section.duration("connect_timeout", from: .milliseconds(100), upTo: longest, example: "5s")?.value
        notFoundGrace =
            section.duration("not_found_grace", from: .zero, upTo: .seconds(31_536_000), example: "15m")?.value
        deadline = section.duration("deadline", from: .zero, upTo: .seconds(31_536_000), example: "24h")?.value
        section.finish()
    }

    init() {}

    /// The settings with what is missing taken from `parent` and then from the defaults.
    func settings(over parent: PollingDecoder, collector: ComplaintCollector) -> (PollingSettings, Duration, Duration) {
        var settings = PollingSettings()
        settings.requestsPerSecond = requestsPerSecond ?? parent.requestsPerSecond ?? settings.requestsPerSecond
        settings.minDelay = minDelay ?? parent.minDelay ?? settings.minDelay
        settings.maxDelay = maxDelay ?? parent.maxDelay ?? max(settings.maxDelay, settings.minDelay)
        settings.notFoundGrace = notFoundGrace ?? parent.notFoundGrace ?? settings.notFoundGrace
        settings.deadline = deadline ?? parent.deadline ?? settings.deadline
        if settings.minDelay > settings.maxDelay, minDelay != nil || maxDelay != nil {
            collector.error(
                "min_delay (\(DurationText.render(settings.minDelay))) is longer than "
                    + "max_delay (\(DurationText.render(settings.maxDelay)))",
                at: position
            )
        }
        return (
            settings, requestTimeout ?? parent.requestTimeout ?? .seconds(15),
            connectTimeout ?? parent.connectTimeout ?? .seconds(5)
        )
    }
}
