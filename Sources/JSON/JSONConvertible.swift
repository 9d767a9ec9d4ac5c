/// A value that is JSON, and can be made of it.
package protocol JSONConvertible {
    /// The value as JSON.
    var json: JSONValue { get }
    /// Reads what ``json`` gives.
    init(json: JSONValue) throws(JSONMismatch)
}

/// What of a JSON value is not as its reader needs it.
package struct JSONMismatch: Error, Hashable, Sendable, CustomStringConvertible {
    /// The names of members and the numbers of elements, from 0, that lead there from the outermost value.
    package private(set) var path: [String] = []
    /// What belongs there: `a string`.
    package let expected: String

    package init(expected: String) { self.expected = expected }

    /// Says of what goes wrong in `body` that it lies in this part.
    static func within<Value>(_ part: String, _ body: () throws(JSONMismatch) -> Value) throws(JSONMismatch) -> Value {
        do throws(JSONMismatch) {
            return try body()
        } catch {
            var outer = error
            outer.path.insert(part, at: 0)
            throw outer
        }
    }

    /// One line for a person, which does not show the value.
    package var description: String {
        "\(path.isEmpty ? "the whole" : path.joined(separator: ".")) is not \(expected)"
    }
}

extension Optional {
    /// What was found, or that it is not what belongs there.
    package func orMismatch(expected: String) throws(JSONMismatch) -> Wrapped {
        guard let self else { throw JSONMismatch(expected: expected) }
        return self
    }
}

extension JSONValue: JSONConvertible {
    package var json: JSONValue { self }
    package init(json: JSONValue) { self = json }
}

extension String: JSONConvertible {
    package var json: JSONValue { .string(self) }
    package init(json: JSONValue) throws(JSONMismatch) { self = try json.string.orMismatch(expected: "a string") }
}

extension Bool: JSONConvertible {
    package var json: JSONValue { .bool(self) }
    package init(json: JSONValue) throws(JSONMismatch) { self = try json.bool.orMismatch(expected: "true or false") }
}

extension Double: JSONConvertible {
    package var json: JSONValue { .number(self) }
    package init(json: JSONValue) throws(JSONMismatch) { self = try json.number.orMismatch(expected: "a number") }
}

extension JSONConvertible where Self: FixedWidthInteger & SignedInteger {
    package var json: JSONValue { .integer(Int64(self)) }
    package init(json: JSONValue) throws(JSONMismatch) {
        let integer = json.integer.flatMap(Self.init(exactly:))
        self = try integer.orMismatch(expected: "an integer of \(Self.bitWidth) bits")
    }
}

extension Int: JSONConvertible {}
extension Int32: JSONConvertible {}
extension Int64: JSONConvertible {}

extension JSONConvertible where Self: RawRepresentable<String> {
    package var json: JSONValue { .string(rawValue) }
    package init(json: JSONValue) throws(JSONMismatch) {
        let known = json.string.flatMap(Self.init(rawValue:))
        self = try known.orMismatch(expected: "one of the names that are known")
    }
}

extension Optional: JSONConvertible where Wrapped: JSONConvertible {
    package var json: JSONValue { self?.json ?? .null }
    package init(json: JSONValue) throws(JSONMismatch) { self = json.isNull ? nil : try Wrapped(json: json) }
}

extension Array: JSONConvertible where Element: JSONConvertible {
    package var json: JSONValue { .array(map(\.json)) }
    package init(json: JSONValue) throws(JSONMismatch) {
        self = []
        for (index, element) in try json.array.orMismatch(expected: "an array").enumerated() {
            append(try JSONMismatch.within(String(index)) { () throws(JSONMismatch) in try Element(json: element) })
        }
    }
}
