import Foundation

/// Replaces what differs from run to run by a word in capitals; nothing else is touched.
struct Normalisation {
    /// Texts of this run, the longest first, and what stands in their place: folders, addresses.
    private var places: [(text: String, word: String)] = []

    mutating func add(_ text: String, as word: String) {
        guard !text.isEmpty else { return }
        places.append((text, word))
        places.sort { $0.text.count > $1.text.count }
    }

    /// In this order; each is a regular expression and what stands in its place.
    private static let rules: [(pattern: String, template: String)] = [
        // Times: RFC 3339, the basic form in file names, a clock's, Unix time in metrics and in signatures.
        (#"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"#, "TIME"),
        (#"\b20\d{6}T\d{6}Z"#, "STAMP"),
        (#"\b\d\d:\d\d:\d\d\b"#, "CLOCK"),
        (#"(?<![0-9a-f])1[789]\d{8}(\.\d+)?\b"#, "UNIX-TIME"),
        // Durations.
        (#"\b(after|for) \d+ (ms|s|min|h)\b( \d+ (s|min)\b)?"#, "$1 DURATION"),
        (#"clock is \d+ s"#, "clock is N s"),
        // Names of this run.
        (#"\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}\b"#, "REQUEST-ID"),
        (#""pid":\d+"#, #""pid":PID"#),
        (#"\bpid \d+"#, "pid PID"),
        (#"127\.0\.0\.1:\d{2,5}\b"#, "127.0.0.1:PORT"),
        (#"\bv1,[A-Za-z0-9+/=]{44}"#, "v1,SIGNATURE"),
        // The version.
        (#"\b(importwatch(?:d|ctl)[ /])\d+\.\d+\.\d+\b"#, "$1VERSION"),
        (#"(version"?[:=]")\d+\.\d+\.\d+""#, "$1VERSION\""),
    ]

    /// Counts and times of polls in the metrics, where they depend on how fast this machine is.
    static let metrics: [(pattern: String, template: String)] = [
        (#"(?m)^(importwatchd_poll_duration_seconds_(?:bucket|sum|count)\{.*\}) .*$"#, "$1 N"),
        (#"(?m)^(importwatchd_polls_total\{.*\}) [1-9]\d*$"#, "$1 N"),
    ]

    /// Ages and waits in tables for people, and the columns' widths that follow from them.
    static let tables: [(pattern: String, template: String)] = [
        (#"(?m)(?<= )\d+[smhd](?= |$)"#, "AGE"), (#"(?<=  )\d+(\.\d\d)?/s(?=  )"#, "RATE"),
        (#" {2,}"#, "  "),
    ]

    func text(_ text: String, and more: [(pattern: String, template: String)] = []) -> String {
        var text = text
        for place in places { text = text.replacingOccurrences(of: place.text, with: place.word) }
        for rule in Self.rules + more {
            text = text.replacingOccurrences(of: rule.pattern, with: rule.template, options: .regularExpression)
        }
        return text
    }
}
