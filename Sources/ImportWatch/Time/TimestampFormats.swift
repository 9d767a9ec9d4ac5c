extension WallTime {
    /// The time as RFC 3339 in UTC with milliseconds: `2026-11-23T20:15:04.120Z`; held within ``printable``.
    public var rfc3339: String {
        let civil = CivilTime(heldPrintable)
        var text = String()
        text.reserveCapacity(24)
        text.append(digits: civil.year, width: 4)
        text.append("-")
        text.append(digits: civil.month, width: 2)
        text.append("-")
        text.append(digits: civil.day, width: 2)
        text.append("T")
        text.append(civil.clock)
        text.append(".")
        text.append(digits: civil.millisecond, width: 3)
        text.append("Z")
        return text
    }

    /// The time as ISO 8601's basic format to the second, as SigV4's `x-amz-date` has it: `20261123T201504Z`; held within
    /// ``printable``.
    public var basicISO8601: String {
        let civil = CivilTime(heldPrintable)
        var text = String()
        text.reserveCapacity(16)
        text.append(digits: civil.year, width: 4)
        text.append(digits: civil.month, width: 2)
        text.append(digits: civil.day, width: 2)
        text.append("T")
        text.append(digits: civil.hour, width: 2)
        text.append(digits: civil.minute, width: 2)
        text.append(digits: civil.second, width: 2)
        text.append("Z")
        return text
    }

    /// Reads RFC 3339 / ISO 8601 as services write it (`2026-11-23T20:15:04Z`, fractions, `+01:00`); `nil` if it is none.
    public init?(rfc3339 text: some StringProtocol) {
        var reader = DigitReader(Array(text.utf8))
        guard let year = reader.number(digits: 4), reader.skip("-"), let month = reader.number(digits: 2),
            reader.skip("-"), let day = reader.number(digits: 2), reader.skip("T") || reader.skip("t"),
            let hour = reader.number(digits: 2), reader.skip(":"), let minute = reader.number(digits: 2),
            reader.skip(":"), let second = reader.number(digits: 2)
        else { return nil }
        var millisecond = 0
        if reader.skip(".") {
            guard let fraction = reader.millisecondFraction() else { return nil }
            millisecond = fraction
        }
        guard let offset = reader.offsetInMinutes(), reader.isAtEnd,
            let time = CivilTime.wallTime(
                year: year,
                month: month,
                day: day,
                hour: hour,
                minute: minute,
                second: second,
                millisecond: millisecond
            )
        else { return nil }
        self = time.advanced(by: .seconds(-60 * offset))
    }

    /// Reads an HTTP date in RFC 9110's preferred form (`Tue, 29 Apr 2014 18:30:38 GMT`, a fraction allowed); `nil` if it is none.
    public init?(httpDate text: some StringProtocol) {
        var reader = DigitReader(Array(text.utf8))
        guard reader.skipWeekday(), let day = reader.number(upTo: 2), reader.skip(" "), let month = reader.month(),
            reader.skip(" "), let year = reader.number(digits: 4), reader.skip(" "),
            let hour = reader.number(digits: 2), reader.skip(":"), let minute = reader.number(digits: 2),
            reader.skip(":"), let second = reader.number(digits: 2)
        else { return nil }
        var millisecond = 0
        if reader.skip(".") {
            guard let fraction = reader.millisecondFraction() else { return nil }
            millisecond = fraction
        }
        guard reader.skip(" "), reader.skip("G"), reader.skip("M"), reader.skip("T"), reader.isAtEnd,
            let time = CivilTime.wallTime(
                year: year,
                month: month,
                day: day,
                hour: hour,
                minute: minute,
                second: second,
                millisecond: millisecond
            )
        else { return nil }
        self = time
    }
}

extension CivilTime {
    fileprivate var clock: String {
        var text = String()
        text.append(digits: hour, width: 2)
        text.append(":")
        text.append(digits: minute, width: 2)
        text.append(":")
        text.append(digits: second, width: 2)
        return text
    }
}

extension String {
    fileprivate mutating func append(digits number: Int, width: Int) {
        let digits = String(number)
        for _ in 0..<max(0, width - digits.utf8.count) { append("0") }
        append(digits)
    }
}

/// Reads the fixed fields of a timestamp, one after the other.
private struct DigitReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard position < bytes.count, UInt32(bytes[position]) == character.value else { return false }
        position += 1
        return true
    }

    mutating func digit() -> Int? {
        guard position < bytes.count, (48...57).contains(bytes[position]) else { return nil }
        position += 1
        return Int(bytes[position - 1]) - 48
    }

    mutating func number(digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    mutating func number(upTo digits: Int) -> Int? {
        guard var value = digit() else { return nil }
        for _ in 1..<digits {
            guard let next = digit() else { break }
            value = value * 10 + next
        }
        return value
    }

    mutating func millisecondFraction() -> Int? {
        guard let first = digit() else { return nil }
        var value = first * 100
        var scale = 10
        while let next = digit() {
            value += next * scale
            scale /= 10
        }
        return value
    }

    mutating func offsetInMinutes() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let sign = skip("+") ? 1 : skip("-") ? -1 : 0
        guard sign != 0, let hours = number(digits: 2), hours < 24 else { return nil }
        _ = skip(":")
        guard let minutes = number(digits: 2), minutes < 60 else { return nil }
        return sign * (hours * 60 + minutes)
    }

    mutating func skipWeekday() -> Bool {
        guard position + 5 <= bytes.count, bytes[position + 3] == UInt8(ascii: ","),
            bytes[position + 4] == UInt8(ascii: " ")
        else { return false }
        position += 5
        return true
    }

    mutating func month() -> Int? {
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard position + 3 <= bytes.count,
            let index = names.firstIndex(where: { Array($0.utf8) == Array(bytes[position..<position + 3]) })
        else { return nil }
        position += 3
        return index + 1
    }
}
