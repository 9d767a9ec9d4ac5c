/// A time of day and date, for signatures, payloads and records; never for scheduling.
///
/// Kept in milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
public struct WallTime: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before.
    public var millisecondsSinceEpoch: Int64

    /// The years 1 to 9999, which are all that the formats of timestamps have digits for.
    public static let printable =
        WallTime(millisecondsSinceEpoch: -62_135_596_800_000)...WallTime(millisecondsSinceEpoch: 253_402_300_799_999)

    /// The nearest time that can be printed.
    public var heldPrintable: WallTime {
        min(max(self, Self.printable.lowerBound), Self.printable.upperBound)
    }

    /// Makes a time from milliseconds since 1970-01-01T00:00:00Z.
    public init(millisecondsSinceEpoch: Int64) {
        self.millisecondsSinceEpoch = millisecondsSinceEpoch
    }

    /// Makes a time from seconds since 1970-01-01T00:00:00Z, kept to the millisecond.
    public init(secondsSinceEpoch: Int64) {
        self.init(millisecondsSinceEpoch: secondsSinceEpoch.multipliedSaturating(by: 1000))
    }

    /// Makes a time from fractional seconds since the epoch; `nil` for what is not finite or lies outside years 1 to 9999.
    public init?(secondsSinceEpoch: Double) {
        guard secondsSinceEpoch.isFinite, (-62_135_596_800...253_402_300_799).contains(secondsSinceEpoch) else {
            return nil
        }
        self.init(millisecondsSinceEpoch: Int64((secondsSinceEpoch * 1000).rounded()))
    }

    /// Whole seconds since the epoch, rounded down.
    public var secondsSinceEpoch: Int64 {
        millisecondsSinceEpoch.quotientAndRemainderRoundingDown(dividingBy: 1000).quotient
    }

    /// Whether `lhs` lies before `rhs`.
    public static func < (lhs: WallTime, rhs: WallTime) -> Bool {
        lhs.millisecondsSinceEpoch < rhs.millisecondsSinceEpoch
    }

    /// The time later (or, for a negative duration, earlier) by `duration`.
    public func advanced(by duration: Duration) -> WallTime {
        WallTime(millisecondsSinceEpoch: millisecondsSinceEpoch.addingSaturating(duration.milliseconds))
    }

    /// The time from this one to `other`; negative when `other` is earlier.
    public func duration(to other: WallTime) -> Duration {
        .milliseconds(other.millisecondsSinceEpoch.subtractingSaturating(millisecondsSinceEpoch))
    }
}

extension Int64 {
    func multipliedSaturating(by factor: Int64) -> Int64 {
        let (product, overflow) = multipliedReportingOverflow(by: factor)
        guard overflow else { return product }
        return (self < 0) == (factor < 0) ? .max : .min
    }
}
