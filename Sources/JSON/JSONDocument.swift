import CJansson

/// A decoded JSON text, whose members can be read without building a tree of Swift values.
///
/// Decoding is done by jansson. What jansson refuses by default but services send is taken all the same: `\u0000` in
/// strings, integers over 64 bits (as floating-point numbers) and invalid UTF-8 (replaced by U+FFFD).
public struct JSONDocument: ~Copyable {
    private let root: UnsafeMutablePointer<json_t>

    /// Decodes `bytes`; nesting over 2,048 levels is refused by jansson.
    public init(_ bytes: [UInt8]) throws(JSONError) {
        let strict = Int(JSON_DECODE_ANY)
        let tolerant = strict | Int(JSON_ALLOW_NUL) | Int(JSON_DECODE_INT_AS_REAL)
        var problem = json_error_t()
        if let root = Self.load(bytes, flags: strict, problem: &problem)
            ?? Self.load(bytes, flags: tolerant, problem: &problem)
            ?? Self.load(Array(String(decoding: bytes, as: UTF8.self).utf8), flags: tolerant, problem: &problem)
        {
            self.root = root
            return
        }
        throw JSONError(line: Int(problem.line), column: Int(problem.column), reason: Self.text(of: problem))
    }

    deinit {
        json_decref(root)
    }

    /// Reads members inside `body`; the cursor must not leave it.
    public borrowing func withRoot<Result, Failure: Error>(
        _ body: (JSONCursor) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(JSONCursor(node: root))
    }

    private static func load(_ bytes: [UInt8], flags: Int, problem: inout json_error_t) -> UnsafeMutablePointer<json_t>?
    {
        bytes.withUnsafeBytes { buffer in
            json_loadb(buffer.baseAddress, buffer.count, flags, &problem)
        }
    }

    private static func text(of problem: json_error_t) -> String {
        withUnsafeBytes(of: problem.text) { buffer in
            String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

/// Why a text is no JSON.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1; -1 if unknown.
    public var line: Int
    /// The column in characters, from 1; -1 if unknown.
    public var column: Int
    /// What jansson says.
    public var reason: String

    /// One line for a person.
    public var description: String { "no JSON at line \(line), column \(column): \(reason)" }
}

/// A place in a ``JSONDocument``; valid only inside the closure that it was handed to.
public struct JSONCursor {
    let node: UnsafeMutablePointer<json_t>

    /// The member called `name`; `nil` when it is absent or `null`, or this is no object.
    public subscript(name: StaticString) -> JSONCursor? {
        name.withUTF8Buffer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { characters in
                guard let key = characters.baseAddress, let member = json_object_get(node, key),
                    member.pointee.type != JSON_NULL
                else { return nil }
                return JSONCursor(node: member)
            }
        }
    }

    /// The string, if this is one.
    public var string: String? {
        guard let start = json_string_value(node) else { return nil }
        let length = json_string_length(node)
        return start.withMemoryRebound(to: UInt8.self, capacity: length) { bytes in
            String(decoding: UnsafeBufferPointer(start: bytes, count: length), as: UTF8.self)
        }
    }

    /// The integer, if this is one, or a number without fraction that fits 64 bits.
    public var integer: Int64? {
        switch node.pointee.type {
        case JSON_INTEGER: json_integer_value(node)
        case JSON_REAL: Int64(exactly: json_real_value(node))
        default: nil
        }
    }

    /// The number, if this is one.
    public var number: Double? {
        switch node.pointee.type {
        case JSON_INTEGER: Double(json_integer_value(node))
        case JSON_REAL: json_real_value(node)
        default: nil
        }
    }

    /// Whether this is an object.
    public var isObject: Bool { node.pointee.type == JSON_OBJECT }

    /// The elements, if this is an array.
    public var elements: [JSONCursor]? {
        guard node.pointee.type == JSON_ARRAY else { return nil }
        return (0..<json_array_size(node)).compactMap { json_array_get(node, $0).map(JSONCursor.init) }
    }

    /// The whole value as a tree.
    public var value: JSONValue {
        switch node.pointee.type {
        case JSON_OBJECT: .object(members)
        case JSON_ARRAY: .array((elements ?? []).map(\.value))
        case JSON_STRING: .string(string ?? "")
        case JSON_INTEGER: .integer(json_integer_value(node))
        case JSON_REAL: .number(json_real_value(node))
        case JSON_TRUE: .bool(true)
        case JSON_FALSE: .bool(false)
        default: .null
        }
    }

    private var members: [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        var iterator = json_object_iter(node)
        while let current = iterator {
            if let name = json_object_iter_key(current), let value = json_object_iter_value(current) {
                members.append(JSONValue.Member(String(cString: name), JSONCursor(node: value).value))
            }
            iterator = json_object_iter_next(node, current)
        }
        return members
    }
}

extension JSONValue {
    /// Decodes `bytes`.
    public init(decoding bytes: [UInt8]) throws(JSONError) {
        let document = try JSONDocument(bytes)
        self = document.withRoot { $0.value }
    }
}
