/// Makes text decodable that holds what no Unicode text can hold.
enum JSONRepair {
    /// `bytes` with invalid UTF-8 and escaped halves of surrogate pairs replaced by U+FFFD.
    static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        let input = Array(String(decoding: bytes, as: UTF8.self).utf8)
        var output: [UInt8] = []
        output.reserveCapacity(input.count)
        var index = 0
        while index < input.count {
            guard input[index] == backslash, index + 1 < input.count else {
                output.append(input[index])
                index += 1
                continue
            }
            var length = 2
            if let first = escapedUnit(input, at: index) {
                length = 6
                if (0xD800..<0xE000).contains(first) {
                    let second = first < 0xDC00 ? escapedUnit(input, at: index + 6) : nil
                    guard let second, (0xDC00..<0xE000).contains(second) else {
                        output.append(contentsOf: "\u{FFFD}".utf8)
                        index += 6
                        continue
                    }
                    length = 12
                }
            }
            output.append(contentsOf: input[index..<(index + length)])
            index += length
        }
        return output
    }

    private static let backslash = UInt8(ascii: "\\")

    /// The UTF-16 unit of a `\uXXXX` at `index`.
    private static func escapedUnit(_ bytes: [UInt8], at index: Int) -> UInt16? {
        guard index + 6 <= bytes.count, bytes[index] == backslash, bytes[index + 1] == UInt8(ascii: "u") else {
            return nil
        }
        var unit: UInt16 = 0
        for byte in bytes[(index + 2)..<(index + 6)] {
            switch byte {
            case 48...57: unit = unit << 4 | UInt16(byte - 48)
            case 65...70: unit = unit << 4 | UInt16(byte - 55)
            case 97...102: unit = unit << 4 | UInt16(byte - 87)
            default: return nil
            }
        }
        return unit
    }
}
