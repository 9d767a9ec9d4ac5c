/// A place in a text: line and column, from 1.
struct Position: Hashable, Comparable, Sendable {
    var line: Int
    var column: Int

    static func < (lhs: Position, rhs: Position) -> Bool {
        (lhs.line, lhs.column) < (rhs.line, rhs.column)
    }
}

/// A value of a TOML text with its place.
struct TOMLNode: Sendable {
    indirect enum Value: Sendable {
        case table([TOMLEntry])
        case array([TOMLNode])
        case string(String)
        case integer(Int64)
        case float(Double)
        case boolean(Bool)
        case date
    }

    var value: Value
    var position: Position

    /// What kind of value it is, as an error says it.
    var kind: String {
        switch value {
        case .table: "a table"
        case .array: "an array"
        case .string: "a string"
        case .integer: "an integer"
        case .float: "a floating-point number"
        case .boolean: "a boolean"
        case .date: "a date or time"
        }
    }
}

/// A key with its value.
struct TOMLEntry: Sendable {
    var key: String
    var keyPosition: Position
    var node: TOMLNode
}

/// Why a text is no TOML.
struct TOMLSyntaxError: Error, Hashable {
    var position: Position
    var reason: String
}
