import JSON
import Testing

@Suite struct JSONDecodingTests {
    private func decode(_ text: String) throws -> JSONValue {
        try JSONValue(decoding: Array(text.utf8))
    }

    @Test func readsEveryKindOfValue() throws {
        let value = try decode(#"{"a":null,"b":true,"c":-7,"d":1.5e3,"e":"é\n","f":[1,[]],"g":{}}"#)
        #expect(
            value
                == [
                    "a": nil, "b": true, "c": -7, "d": .number(1500), "e": "é\n", "f": [1, []], "g": .object([]),
                ]
        )
    }

    @Test func readsScalarsAtTheTop() throws {
        #expect(try decode(" 12 ") == 12)
        #expect(try decode("\"x\"") == "x")
        #expect(try decode("null").isNull)
    }

    @Test func keepsTheOrderOfMembers() throws {
        #expect(try decode(#"{"z":1,"a":2,"m":3}"#).object?.map(\.name) == ["z", "a", "m"])
    }

    @Test func takesTheLastOfTwoMembersWithOneName() throws {
        #expect(try decode(#"{"a":1,"a":2}"#)["a"] == 2)
    }

    @Test func takesNULInStrings() throws {
        let value = try decode(#"{"message":"a\u0000b","count":1200}"#)
        #expect(value["message"]?.string == "a\0b")
        #expect(value["count"] == .integer(1200), "an integer beside it stays one")
    }

    @Test func takesIntegersOver64BitsAsNumbers() throws {
        #expect(try decode("[9223372036854775807]") == [.integer(.max)])
        #expect(try decode("[9223372036854775808]").array?.first?.number == 0x1p63)
        #expect(try decode(#"{"n":123456789012345678901234567890,"s":"\u0000"}"#)["s"] == "\0")
    }

    @Test func replacesInvalidUTF8() throws {
        let value = try JSONValue(decoding: Array(#"{"a":""#.utf8) + [0xC3, 0x28, 0xFF] + Array(#""}"#.utf8))
        #expect(value["a"] == "\u{FFFD}(\u{FFFD}")
    }

    @Test func replacesHalvesOfSurrogatePairs() throws {
        #expect(try decode(#"["\ud83d\ude00"]"#) == ["😀"])
        #expect(
            try decode(#"["\ud83d", "\udE00x", "\ud83d\n", "\\ud83d", "\uD83D\u0041", "\ud83d\ude00"]"#)
                == ["\u{FFFD}", "\u{FFFD}x", "\u{FFFD}\n", "\\ud83d", "\u{FFFD}A", "😀"]
        )
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\" 1}", "nul", "01", "1e999", "\"\n\"", "'a'", "{\"a\":1}x", "[\"\\u12\"]", "\u{FEFF}{}",
        "{\"a\\u0000\":1}",
    ])
    func refusesWhatIsNoJSON(_ text: String) {
        #expect(throws: JSONError.self) { try decode(text) }
    }

    @Test func namesLineAndColumn() {
        #expect(throws: JSONError.malformed(line: 2, column: 13, reason: "invalid token")) {
            try decode("{\n  \"a\": secret }")
        }
    }

    @Test func doesNotShowTheText() {
        do {
            _ = try decode("{\"SecretAccessKey\": \"abc\" \"hidden\"}")
            Issue.record("decoded")
        } catch {
            #expect(!"\(error)".contains("hidden"))
        }
    }

    @Test func boundsSizeAndDepth() throws {
        #expect(throws: JSONError.tooLarge(bytes: 4, limit: 3)) {
            _ = try JSONCursor(decoding: [49, 49, 49, 49], limit: 3)
        }
        let deep = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
        #expect(try decode(deep).array?.count == 1)
        #expect(throws: JSONError.tooDeep(limit: 128)) { try decode("[" + deep + "]") }
        #expect(throws: JSONError.self) { try decode(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.self) { try decode(String(repeating: "{\"a\":", count: 100_000)) }
    }

    @Test func cursorsReadWithoutATree() throws {
        let cursor = try JSONCursor(
            decoding: Array(#"{"o":{"n":null,"i":2.0,"f":2.5,"s":"x","b":false},"a":[1,2]}"#.utf8)
        )
        let object = try #require(cursor["o"])
        #expect(object.isObject)
        #expect(object["n"] == nil)
        #expect(object["missing"] == nil)
        #expect(object["i"]?.integer == 2)
        #expect(object["f"]?.integer == nil)
        #expect(object["f"]?.number == 2.5)
        #expect(object["s"]?.isString("x") == true)
        #expect(object["s"]?.isString("xy") == false)
        #expect(object["s"]?["deeper"] == nil)
        #expect(object["b"]?.bool == false)
        #expect(object["b"]?.string == nil)
        #expect(cursor["a"]?.elements?.map(\.integer) == [1, 2])
    }

    @Test func cursorsOutliveTheirParent() throws {
        func inner() throws -> JSONCursor? { try JSONCursor(decoding: Array(#"{"a":{"b":"kept"}}"#.utf8))["a"] }
        #expect(try inner()?["b"]?.string == "kept")
    }
}
