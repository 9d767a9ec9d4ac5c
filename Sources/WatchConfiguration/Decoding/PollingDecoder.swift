import ImportWatch

/// `[polling]` as far as it is written; what is not comes from the level above or the defaults.
struct PollingDecoder {
    /// How a source is polled, and the limits of its requests.
    struct Settings {
        var polling: PollingSettings
        var strategy: Configuration.Source.Strategy
        var requestTimeout: Duration
        var connectTimeout: Duration
    }

    private var requestsPerSecond: Double?
    private var minDelay: Located<Duration>?
    private var maxDelay: Located<Duration>?
    private var strategy: Configuration.Source.Strategy?
    private var requestTimeout: Duration?
    private var connectTimeout: Duration?
    private var notFoundGrace: Duration?
    private var deadline: Duration?

    /// Nothing is written.
    init() {}

    /// Reads the whole table.
    init(_ section: inout SectionReader) {
        let delays = Duration.milliseconds(100)...Duration.seconds(86_400)
        let timeouts = Duration.milliseconds(100)...Duration.seconds(600)
        let ages = Duration.zero...Duration.seconds(365 * 86_400)
        requestsPerSecond = section.number("requests_per_second", above: 0, upTo: 1000, example: "1.0")
        minDelay = section.duration("min_delay", in: delays, example: "5s")
        maxDelay = section.duration("max_delay", in: delays, example: "2m")
        if let choice = section.choice("strategy", Configuration.Source.Strategy.self) {
            if choice.value == .list {
                let key = section.qualified("strategy")
                NotSupportedYet.strategyList.refuse(at: choice.position, key: key, section.collector)
            }
            strategy = choice.value
        }
        requestTimeout = section.duration("request_timeout", in: timeouts, example: "15s")?.value
        connectTimeout = section.duration("connect_timeout", in: timeouts, example: "5s")?.value
        notFoundGrace = section.duration("not_found_grace", in: ages, example: "15m")?.value
        deadline = section.duration("deadline", in: ages, example: "24h")?.value
        section.finish()
    }

    /// The settings in force: what is missing is taken from `parent` and then from the defaults.
    func settings(over parent: PollingDecoder, _ collector: ComplaintCollector) -> Settings {
        var polling = PollingSettings()
        let (shortest, longest) = (minDelay ?? parent.minDelay, maxDelay ?? parent.maxDelay)
        if let position = minDelay?.position ?? maxDelay?.position ?? shortest?.position ?? longest?.position {
            let (low, high) = (shortest?.value ?? polling.minDelay, longest?.value ?? polling.maxDelay)
            if low > high {
                let lowText = DurationText.render(low) + (shortest == nil ? ", the default" : "")
                let highText = DurationText.render(high) + (longest == nil ? ", the default" : "")
                let message = "min_delay (\(lowText)) is longer than max_delay (\(highText)); set both so that they fit"
                collector.error(message, at: position, key: "polling.min_delay")
            }
            (polling.minDelay, polling.maxDelay) = (low, high)
        }
        polling.requestsPerSecond = requestsPerSecond ?? parent.requestsPerSecond ?? polling.requestsPerSecond
        polling.notFoundGrace = notFoundGrace ?? parent.notFoundGrace ?? polling.notFoundGrace
        polling.deadline = deadline ?? parent.deadline ?? polling.deadline
        return Settings(
            polling: polling,
            strategy: strategy ?? parent.strategy ?? .auto,
            requestTimeout: requestTimeout ?? parent.requestTimeout ?? .seconds(15),
            connectTimeout: connectTimeout ?? parent.connectTimeout ?? .seconds(5)
        )
    }
}
