extension Duration {
    /// The duration as a person would say it, to the two largest units: `3 s`, `2 min 5 s`, `4 h 10 min`, `3 d 2 h`.
    public var inWords: String {
        let total = max(0, nanoseconds / 1_000_000_000)
        let (days, hours, minutes, seconds) = (total / 86_400, total / 3600 % 24, total / 60 % 60, total % 60)
        let parts: [(Int64, String)] = [(days, "d"), (hours, "h"), (minutes, "min"), (seconds, "s")]
        guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "\(milliseconds) ms" }
        return parts[first...].prefix(2).filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }
}

extension Int {
    /// The number with its noun, in the plural where it is not one: `1 job`, `0 jobs`, `2 deliveries`.
    ///
    /// - Parameter plural: The noun's plural; with an `s` at its end where it is not given.
    public func counted(_ noun: String, _ plural: String? = nil) -> String {
        "\(self) \(self == 1 ? noun : plural ?? noun + "s")"
    }
}

extension Double {
    /// The number with at most three decimals, as a person would write it: `1`, `0.5`, `0.016`.
    var inWords: String {
        let thousandths = Int64((min(abs(self), 1e12) * 1000).rounded())
        let fraction = String(thousandths % 1000 + 1000).dropFirst()
        let trimmed = fraction.reversed().drop { $0 == "0" }.reversed()
        return String(thousandths / 1000) + (trimmed.isEmpty ? "" : "." + String(trimmed))
    }
}
