/// A wall time split into the fields of the proleptic Gregorian calendar in UTC.
///
/// The day arithmetic is Howard Hinnant's `days_from_civil` and `civil_from_days`.
public struct CivilTime: Hashable, Sendable {
    /// The year, 1 to 9999 for times that are printed.
    public var year: Int
    /// The month, 1 to 12.
    public var month: Int
    /// The day of the month, 1 to 31.
    public var day: Int
    /// The hour, 0 to 23.
    public var hour: Int
    /// The minute, 0 to 59.
    public var minute: Int
    /// The second, 0 to 59.
    public var second: Int
    /// The millisecond, 0 to 999.
    public var millisecond: Int
    /// The day of the week, 0 for Sunday to 6 for Saturday.
    public var weekday: Int

    /// Splits `time` into its fields.
    public init(_ time: WallTime) {
        let (day, inDay) = time.millisecondsSinceEpoch.quotientAndRemainderRoundingDown(dividingBy: 86_400_000)
        let shifted = day + 719_468
        let (era, dayOfEra) = shifted.quotientAndRemainderRoundingDown(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        self.day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        hour = Int(inDay / 3_600_000)
        minute = Int(inDay / 60_000 % 60)
        second = Int(inDay / 1000 % 60)
        millisecond = Int(inDay % 1000)
        weekday = Int((day + 4).quotientAndRemainderRoundingDown(dividingBy: 7).remainder)
    }

    /// The wall time of a calendar date and time in UTC; `nil` when a field is out of range.
    ///
    /// A second of 60 (a leap second) is taken as the next minute's first.
    public static func wallTime(
        year: Int,
        month: Int,
        day: Int,
        hour: Int = 0,
        minute: Int = 0,
        second: Int = 0,
        millisecond: Int = 0
    ) -> WallTime? {
        guard (1...9999).contains(year), (1...12).contains(month), (0...23).contains(hour), (0...59).contains(minute),
            (0...60).contains(second), (0...999).contains(millisecond), day >= 1, day <= days(in: month, of: year)
        else { return nil }
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        let seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
        return WallTime(millisecondsSinceEpoch: Int64(seconds) * 1000 + Int64(millisecond))
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Int64 {
    func quotientAndRemainderRoundingDown(dividingBy divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
