import JSON
import TestSupport
import Testing

@Suite struct JSONEncodingTests {
    private func encode(_ value: JSONValue) -> String {
        String(decoding: value.encoded(), as: UTF8.self)
    }

    @Test func writesCompactlyInOrder() {
        #expect(
            encode(["z": 1, "a": [true, nil, .number(1.5)], "m": .object([])])
                == #"{"z":1,"a":[true,null,1.5],"m":{}}"#
        )
    }

    @Test func escapesWhatMustBeEscaped() {
        #expect(
            encode("\"\\/\n\r\t\0\u{1F}\u{7F}é😀\u{2028}") == "\"\\\"\\\\/\\n\\r\\t\\u0000\\u001f\\u007fé😀\u{2028}\""
        )
        #expect(encode(["\"": 1]) == #"{"\"":1}"#)
    }

    @Test func writesNumbersThatJSONHas() throws {
        #expect(encode([.number(.nan), .number(.infinity), .number(-.infinity)]) == "[null,null,null]")
        for number in [0.1, -0.0, 1e300, .leastNonzeroMagnitude, 1e20, 123_456_789.123] {
            let back = try JSONValue(decoding: JSONValue.number(number).encoded())
            #expect(back.number == number)
        }
        #expect(encode([.integer(.min), .integer(.max)]) == "[-9223372036854775808,9223372036854775807]")
    }

    @Test func whatIsWrittenIsReadBackTheSame() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<500 {
            let value = randomValue(depth: 0, using: &generator)
            #expect(try JSONValue(decoding: value.encoded()) == value)
        }
    }

    private func randomValue(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 4 ? 5 : 7), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .integer(Int64.random(in: .min ... .max, using: &generator))
        case 3: return .number(Double.random(in: -1e9...1e9, using: &generator) + 0.5)
        case 4: return .string(randomText(using: &generator))
        case 5:
            return .array(
                (0..<Int.random(in: 0..<4, using: &generator)).map { _ in
                    randomValue(depth: depth + 1, using: &generator)
                }
            )
        default:
            return .object(
                (0..<Int.random(in: 0..<4, using: &generator)).map { index in
                    JSONValue.Member("k\(index)", randomValue(depth: depth + 1, using: &generator))
                }
            )
        }
    }

    private func randomText(using generator: inout SeededGenerator) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0..<8, using: &generator) {
            if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &generator)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
