/// A metric with all its samples, as the Prometheus text format (version 0.0.4) groups them.
public struct MetricFamily: Hashable, Sendable {
    /// What kind of metric it is.
    public enum Kind: String, Hashable, Sendable {
        /// Only goes up, but for restarts.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts observations in buckets.
        case histogram
    }

    /// One value with its labels.
    public struct Sample: Hashable, Sendable {
        /// What follows the family's name: `_bucket`, `_sum` or `_count` of a histogram.
        public var suffix: String
        /// Labels and their values, in the order they are written.
        public var labels: [Label]
        /// The value.
        public var value: Double

        /// Makes a sample.
        public init(_ value: Double, suffix: String = "", labels: [Label] = []) {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }
    }

    /// A label of a sample; values may hold any text.
    public struct Label: Hashable, Sendable {
        /// The label's name.
        public var name: String
        /// The label's value.
        public var value: String

        /// Makes a label.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The name, with its unit, and `_total` at a counter's end.
    public var name: String
    /// What it says, in one sentence.
    public var help: String
    /// What kind it is.
    public var kind: Kind
    /// The samples; a family without any is not written.
    public var samples: [Sample]

    /// Makes a family.
    public init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    /// Families in the text format; label values are escaped, and secrets in them are replaced.
    public static func text(_ families: [MetricFamily]) -> String {
        var text = ""
        for family in families where !family.samples.isEmpty {
            text += "# HELP \(family.name) \(family.help)\n# TYPE \(family.name) \(family.kind.rawValue)\n"
            for sample in family.samples {
                text += family.name + sample.suffix + labels(sample.labels) + " " + number(sample.value) + "\n"
            }
        }
        return text
    }

    private static func labels(_ labels: [Label]) -> String {
        guard !labels.isEmpty else { return "" }
        return "{" + labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        Redaction.redact(value).map { character in
            switch character {
            case "\\": "\\\\"
            case "\"": "\\\""
            case "\n", "\r\n": "\\n"
            default: String(character)
            }
        }.joined()
    }

    private static func number(_ value: Double) -> String {
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map(String.init) ?? String(value)
    }
}
