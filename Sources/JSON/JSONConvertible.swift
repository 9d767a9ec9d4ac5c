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

    /// Says what belongs there, where a value of one's own making is read.
    package init(expected: String) {
        self.expected = expected
    }

    func within(_ part: String) -> JSONMismatch {
        var outer = self
        outer.path.insert(part, at: 0)
        return outer
    }

    /// One line for a person, which does not show the value.
    package var description: String {
        "\(path.isEmpty ? "the whole" : path.joined(separator: ".")) is not \(expected)"
    }
}

extension JSONValue: JSONConvertible {
    package var json: JSONValue { self }

    package init(json: JSONValue) {
        self = json
    }
}

extension String: JSONConvertible {
    package var json: JSONValue { .string(self) }

    package init(json: JSONValue) throws(JSONMismatch) {
        guard let string = json.string else { throw JSONMismatch(expected: "a string") }
        self = string
    }
}

extension Bool: JSONConvertible {
    package var json: JSONValue { .bool(self) }

    package init(json: JSONValue) throws(JSONMismatch) {
        guard let bool = json.bool else { throw JSONMismatch(expected: "true or false") }
        self = bool
    }
}

extension Double: JSONConvertible {
    package var json: JSONValue { .number(self) }

    package init(json: JSONValue) throws(JSONMismatch) {
        guard let number = json.number else { throw JSONMismatch(expected: "a number") }
        self = number
    }
}

extension JSONConvertible where Self: FixedWidthInteger & SignedInteger {
    package var json: JSONValue { .integer(Int64(self)) }

    package init(json: JSONValue) throws(JSONMismatch) {
        guard let integer = json.integer.flatMap(Self.init(exactly:)) else {
            throw JSONMismatch(expected: "an integer of \(Self.bitWidth) bits")
        }
        self = integer
    }
}

extension Int: JSONConvertible {}
extension Int32: JSONConvertible {}
extension Int64: JSONConvertible {}

extension JSONConvertible where Self: RawRepresentable<String> {
    package var json: JSONValue { .string(rawValue) }

    package init(json: JSONValue) throws(JSONMismatch) {
        guard let value = json.string.flatMap(Self.init(rawValue:)) else {
            throw JSONMismatch(expected: "one of the names that are known")
        }
        self = value
    }
}

extension Optional: JSONConvertible where Wrapped: JSONConvertible {
    package var json: JSONValue { self?.json ?? .null }

    package init(json: JSONValue) throws(JSONMismatch) {
        self = json.isNull ? nil : try Wrapped(json: json)
    }
}

extension Array: JSONConvertible where Element: JSONConvertible {
    package var json: JSONValue { .array(map(\.json)) }

    package init(json: JSONValue) throws(JSONMismatch) {
        guard let elements = json.array else { throw JSONMismatch(expected: "an array") }
        self = []
        for (index, element) in elements.enumerated() {
            do throws(JSONMismatch) {
                append(try Element(json: element))
            } catch {
                throw error.within(String(index))
            }
        }
    }
}
