import Foundation
import JSON

/// The members that a scenario may have; a misspelt one would otherwise quietly do nothing.
enum ScenarioMembers {
    private static let known: [String: Set<String>] = [
        "": [
            "keys", "regions", "throttle", "throttled", "outages", "faults", "jobs", "webhooks", "latency_ms", "clear",
        ],
        "keys": ["id", "secret", "token", "account", "expires_at"],
        "throttle": ["rate", "burst", "retry_after_ms", "retry_after", "code"],
        "throttled": ["from", "to", "region"],
        "outages": ["from", "to", "region", "kind"],
        "faults": ["kind", "job", "region", "probability", "times", "from", "to", "interval_ms", "message"],
        "jobs": [
            "id", "count", "region", "account", "timeline", "records", "failed", "message", "destination",
            "visible_from", "vanishes_at", "clock",
        ],
        "timeline": ["status", "seconds"],
        "webhooks": [
            "name", "secret", "public_key", "fail_first", "probability", "from", "to", "failure", "status",
            "retry_after", "location", "delay_ms",
        ],
    ]

    static func check(_ json: Data) throws {
        guard let value = try? JSONValue(decoding: Array(json)) else { throw ScenarioError("this is no JSON") }
        try check(value, in: "")
    }

    private static func check(_ value: JSONValue, in section: String) throws {
        for element in value.array ?? [] { try check(element, in: section) }
        guard let names = known[section] else { return }
        for member in value.object ?? [] {
            guard names.contains(member.name) else {
                let place = section.isEmpty ? "the scenario" : section
                throw ScenarioError("\(member.name) is no member of \(place); known: \(names.sorted())")
            }
            if known[member.name] != nil { try check(member.value, in: member.name) }
        }
    }
}
