/// Counts durations in buckets.
public struct Histogram: Hashable, Sendable {
    /// The buckets' upper limits in seconds, rising.
    public let limits: [Double]
    private var counts: [Int]
    private var sum = 0.0

    /// Makes a histogram without observations; the last bucket, without limit, needs not be given.
    public init(limits: [Double]) {
        self.limits = limits
        counts = Array(repeating: 0, count: limits.count + 1)
    }

    /// Counts a duration.
    public mutating func observe(_ duration: Duration) {
        let seconds = max(0, duration.seconds)
        counts[limits.firstIndex { seconds <= $0 } ?? limits.count] += 1
        sum += seconds
    }

    /// The samples of the histogram, with the labels it is told apart by.
    public func samples(_ labels: [MetricFamily.Label]) -> [MetricFamily.Sample] {
        var samples: [MetricFamily.Sample] = []
        var total = 0
        for (limit, count) in zip(limits + [.infinity], counts) {
            total += count
            let text = limit.isInfinite ? "+Inf" : Int64(exactly: limit).map(String.init) ?? String(limit)
            samples.append(.init(Double(total), suffix: "_bucket", labels: labels + [.init("le", text)]))
        }
        samples.append(.init(sum, suffix: "_sum", labels: labels))
        samples.append(.init(Double(total), suffix: "_count", labels: labels))
        return samples
    }
}
