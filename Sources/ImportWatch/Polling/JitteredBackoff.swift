/// Growing random waits: after n tries in a row, uniform(shortest, min(longest, shortest × 2^(n+1))).
public struct JitteredBackoff: Hashable, Sendable {
    /// The lower bound of every wait.
    public var shortest: Duration
    /// The upper bound of every wait.
    public var longest: Duration

    /// Makes a backoff; `longest` counts as at least `shortest`.
    public init(shortest: Duration, longest: Duration) {
        self.shortest = shortest
        self.longest = max(shortest, longest)
    }

    /// The wait after `tries` tries in a row that brought nothing.
    public func delay(afterTries tries: Int, using generator: inout some RandomNumberGenerator) -> Duration {
        let low = shortest.nanoseconds
        let doublings = min(max(tries, 0) + 1, 40)
        let high = min(longest.nanoseconds, low.multipliedSaturating(by: 1 << doublings))
        return .nanoseconds(low >= high ? low : Int64.random(in: low...high, using: &generator))
    }
}
