/// How long a failed delivery waits for its next attempt.
public struct RetrySchedule: Hashable, Sendable {
    /// The wait after the first failed attempt, the second and so on; the last one repeats.
    public var delays: [Duration]
    /// How long after the event a delivery may still be tried; `nil` means for ever.
    public var maxAge: Duration?

    /// Makes a schedule; without delays it waits a minute each time.
    public init(delays: [Duration], maxAge: Duration?) {
        self.delays = delays.isEmpty ? [.seconds(60)] : delays
        self.maxAge = maxAge
    }

    /// A server's hint can lengthen a wait to this.
    static let longestHint = Duration.seconds(86_400)

    /// The waits that Standard Webhooks recommends: from 5 s to 24 h, then daily until `maxAge`.
    public static func webhook(maxAge: Duration) -> RetrySchedule {
        let minutes = { (count: Int64) in Duration.seconds(60 * count) }
        let hours = { (count: Int64) in Duration.seconds(3600 * count) }
        return RetrySchedule(
            delays: [
                .seconds(5), minutes(5), minutes(30), hours(2), hours(5), hours(10), hours(14), hours(20), hours(24),
            ],
            maxAge: maxAge
        )
    }

    /// Waits for a journal that takes no entries: from one second to five, for ever; it is on the same machine.
    public static let journal = RetrySchedule(delays: [.seconds(1), .seconds(2), .seconds(5)], maxAge: nil)

    /// The wait after `attempts` failed attempts: the schedule's with up to a tenth more, so that many deliveries
    /// spread out; a longer hint of the server is obeyed up to 24 h.
    ///
    /// - Parameter retryAfter: The server's hint, if it gave one.
    public func delay(
        afterAttempts attempts: Int,
        retryAfter: Duration?,
        using generator: inout some RandomNumberGenerator
    ) -> Duration {
        let base = delays[min(max(attempts, 1), delays.count) - 1].nanoseconds
        let scheduled = Duration.nanoseconds(Int64.random(in: base...(base + base / 10), using: &generator))
        guard let retryAfter else { return scheduled }
        return max(scheduled, min(retryAfter, Self.longestHint))
    }
}
