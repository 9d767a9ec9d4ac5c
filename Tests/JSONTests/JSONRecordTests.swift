import JSON
import TestSupport
import Testing

/// One of everything that a record can hold.
private struct Sample: Equatable, JSONRecord {
    enum Kind: String, JSONConvertible, CaseIterable { case small, large }

    struct Part: Equatable, JSONRecord {
        var name: String
        var parts: [Part]
        static let format = JSONMembers(Self.init, .init("name", \.name), .init("parts", \.parts))
    }

    var text: String
    var truth: Bool
    var number: Double
    var integer: Int64
    var small: Int32
    var count: Int
    var kind: Kind
    var list: [Int?]
    var maybe: String?
    var part: Part?
    var seldom: String?

    static let format = JSONMembers(
        Self.init,
        .init("text", \.text),
        .init("truth", \.truth),
        .init("number", \.number),
        .init("integer", \.integer),
        .init("small", \.small),
        .init("count", \.count),
        .init("kind", \.kind),
        .init("list", \.list),
        .init("maybe", \.maybe),
        .init("part", \.part),
        .init("seldom", \.seldom, isLeftOutForNull: true)
    )

    static let plain = Sample(
        text: "a",
        truth: true,
        number: 0.5,
        integer: -1,
        small: 2,
        count: 3,
        kind: .large,
        list: [1, nil]
    )
}

@Suite struct JSONRecordTests {
    private func read(_ text: String) -> Result<Sample, JSONMismatch> {
        do throws(JSONMismatch) {
            return .success(try Sample(json: (try? JSONValue(decoding: Array(text.utf8))) ?? .null))
        } catch {
            return .failure(error)
        }
    }

    /// The plain sample's text, with one member's value replaced, or the member taken away.
    private func text(_ name: String, _ value: String?) -> String {
        let members = (Sample.plain.json.object ?? []).compactMap { member -> String? in
            let own = String(decoding: member.value.encoded(), as: UTF8.self)
            guard member.name == name else { return "\"\(member.name)\":\(own)" }
            return value.map { "\"\(name)\":\($0)" }
        }
        return "{" + members.joined(separator: ",") + "}"
    }

    @Test func membersKeepTheirOrderAndNothingIsNull() {
        let text = String(decoding: Sample.plain.json.encoded(), as: UTF8.self)
        #expect(
            text == #"{"text":"a","truth":true,"number":0.5,"integer":-1,"small":2,"count":3,"kind":"large","#
                + #""list":[1,null],"maybe":null,"part":null}"#
        )
    }

    @Test(arguments: 0..<20) func whatIsWrittenIsReadBack(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        func flip() -> Bool { .random(using: &generator) }
        func word() -> String {
            String(
                String.UnicodeScalarView(
                    (0..<Int.random(in: 0...9, using: &generator)).compactMap { _ in
                        Unicode.Scalar(UInt32.random(in: 0...0x2FFF, using: &generator))
                    }
                )
            )
        }
        func part(_ depth: Int) -> Sample.Part {
            .init(name: word(), parts: depth == 0 ? [] : (0..<2).map { _ in part(depth - 1) })
        }
        for _ in 0..<100 {
            let sample = Sample(
                text: word(),
                truth: flip(),
                number: Double(bitPattern: .random(in: 0..<0x7FF0_0000_0000_0000, using: &generator)),
                integer: .random(in: .min ... .max, using: &generator),
                small: .random(in: .min ... .max, using: &generator),
                count: .random(in: .min ... .max, using: &generator),
                kind: flip() ? .small : .large,
                list: (0..<3).map { flip() ? $0 : nil },
                maybe: flip() ? word() : nil,
                part: flip() ? part(3) : nil,
                seldom: flip() ? word() : nil
            )
            let bytes = sample.json.encoded()
            #expect(try Sample(json: JSONValue(decoding: bytes)) == sample)
        }
    }

    @Test func whatIsMissingCountsAsNull() {
        for name in ["maybe", "part"] {
            #expect(read(text(name, nil)) == .success(.plain))
            #expect(read(text(name, "null")) == .success(.plain))
        }
        for (name, expected) in [
            ("text", "a string"), ("truth", "true or false"), ("number", "a number"), ("list", "an array"),
            ("integer", "an integer of 64 bits"), ("small", "an integer of 32 bits"),
            ("kind", "one of the names that are known"),
        ] {
            for value in [nil, "null", "{}"] {
                guard case .failure(let error) = read(text(name, value)) else {
                    Issue.record("\(name) \(value ?? "missing") was read")
                    continue
                }
                #expect(error.path == [name] && error.expected == expected && error.description.contains(name))
            }
        }
    }

    @Test(arguments: [
        ("integer", "9223372036854775808"), ("integer", "1.5"), ("integer", "1e300"), ("integer", "\"1\""),
        ("small", "2147483648"), ("small", "-2147483649"), ("small", "true"), ("count", "-9223372036854777857"),
        ("kind", "\"huge\""), ("kind", "1"), ("number", "\"1\""), ("truth", "1"), ("text", "1"), ("text", "[]"),
        ("list", "{\"0\":1}"), ("part", "[]"), ("part", "\"x\""), ("maybe", "0"),
    ])
    func whatDoesNotFitIsRefused(name: String, value: String) {
        guard case .failure(let error) = read(text(name, value)) else {
            Issue.record("\(name) \(value) was read")
            return
        }
        #expect(error.path.first == name)
    }

    @Test func integersMayBeWrittenAsNumbers() {
        #expect(read(text("integer", "-1.0")) == .success(.plain))
        #expect(read(text("number", "5e-1")) == .success(.plain))
    }

    @Test func thePlaceIsSaid() {
        let deep = #"{"name":"a","parts":[{"name":"b","parts":[]},{"name":7,"parts":[]}]}"#
        guard case .failure(let error) = read(text("part", deep)) else {
            Issue.record("a number was read as a name")
            return
        }
        #expect(error.description == "part.parts.1.name is not a string")
        #expect(read("[]") == .failure(JSONMismatch(expected: "an object")))
        #expect(JSONMismatch(expected: "an object").description == "the whole is not an object")
    }

    /// As deep as JSON is taken, and one deeper.
    @Test func nestingHasItsLimit() throws {
        func nested(_ depth: Int) -> JSONValue {
            (1..<depth).reduce(["name": "", "parts": []]) { inner, _ in ["name": "", "parts": [inner]] }
        }
        let limit = JSONCursor.maximumDepth / 2
        let deepest = try JSONValue(decoding: nested(limit).encoded())
        #expect(try Sample.Part(json: deepest).json == deepest)
        #expect(throws: JSONError.tooDeep(limit: JSONCursor.maximumDepth)) {
            try JSONValue(decoding: nested(limit + 1).encoded())
        }
    }

    /// Changes one value somewhere for another: it is read or refused, and never more than that.
    @Test(arguments: 0..<4) func otherValuesNeverCrash(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let values = ["null", "-1", "1e308", "\"\"", "{}", "[]", "[[]]", "true", "99999999999999999999", "0.1"]
        var (accepted, refused) = (0, 0)
        for _ in 0..<500 {
            var sample = Sample.plain
            sample.part = .init(name: "p", parts: [.init(name: "q", parts: [])])
            let (name, value) = (
                sample.json.object?.randomElement(using: &generator)?.name ?? "",
                values.randomElement(using: &generator) ?? ""
            )
            switch read(text(name, value)) {
            case .success: accepted += 1
            case .failure(let error):
                refused += 1
                #expect(error.path.first == name)
            }
        }
        #expect(accepted > 20 && refused > 100)
    }
}
