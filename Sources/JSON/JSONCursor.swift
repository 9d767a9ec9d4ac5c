import CJansson

/// A place in a decoded JSON text, whose members are read without building a tree of Swift values.
///
/// A cursor keeps the text alive that it points into.
public struct JSONCursor {
    private let document: JSONDocument
    private let node: UnsafeMutablePointer<json_t>

    /// How deep the values of a text may be nested when they become a tree.
    public static let maximumDepth = 128

    /// Decodes `bytes` and points at the text's outermost value.
    ///
    /// - Parameter limit: The greatest length taken, in bytes.
    public init(decoding bytes: [UInt8], limit: Int = 64 << 20) throws(JSONError) {
        document = try JSONDocument(bytes, limit: limit)
        node = document.root
    }

    private init(_ node: UnsafeMutablePointer<json_t>, in document: JSONDocument) {
        self.document = document
        self.node = node
    }

    /// The member called `name`; `nil` when it is absent or `null`, or this is no object.
    public subscript(name: StaticString) -> JSONCursor? {
        guard name.hasPointerRepresentation else { return nil }
        let key = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        guard let member = json_object_getn(node, key, name.utf8CodeUnitCount), member.pointee.type != JSON_NULL
        else { return nil }
        return JSONCursor(member, in: document)
    }

    /// The string, if this is one.
    public var string: String? {
        guard let start = json_string_value(node) else { return nil }
        return Self.text(start, length: json_string_length(node))
    }

    /// Whether this is a string with the same bytes as `text`; quicker than making the string.
    public func isString(_ text: String) -> Bool {
        guard let start = json_string_value(node) else { return false }
        let bytes = UnsafeRawBufferPointer(start: start, count: json_string_length(node))
        return text.utf8.elementsEqual(bytes)
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

    /// The truth value, if this is one.
    public var bool: Bool? {
        switch node.pointee.type {
        case JSON_TRUE: true
        case JSON_FALSE: false
        default: nil
        }
    }

    /// Whether this is an object.
    public var isObject: Bool { node.pointee.type == JSON_OBJECT }

    /// The elements, if this is an array.
    public var elements: [JSONCursor]? {
        guard node.pointee.type == JSON_ARRAY else { return nil }
        return (0..<json_array_size(node)).compactMap { index in
            json_array_get(node, index).map { JSONCursor($0, in: document) }
        }
    }

    /// The whole value as a tree; nesting over ``maximumDepth`` is refused.
    public func value() throws(JSONError) -> JSONValue {
        try Self.value(of: node, depth: 1)
    }

    private static func value(of node: UnsafeMutablePointer<json_t>, depth: Int) throws(JSONError) -> JSONValue {
        switch node.pointee.type {
        case JSON_OBJECT: return .object(try members(of: node, depth: depth))
        case JSON_ARRAY: return .array(try elements(of: node, depth: depth))
        case JSON_STRING: return .string(text(json_string_value(node), length: json_string_length(node)))
        case JSON_INTEGER: return .integer(json_integer_value(node))
        case JSON_REAL: return .number(json_real_value(node))
        case JSON_TRUE: return .bool(true)
        case JSON_FALSE: return .bool(false)
        default: return .null
        }
    }

    private static func elements(of array: UnsafeMutablePointer<json_t>, depth: Int) throws(JSONError) -> [JSONValue] {
        guard depth <= maximumDepth else { throw .tooDeep(limit: maximumDepth) }
        var elements: [JSONValue] = []
        let count = json_array_size(array)
        elements.reserveCapacity(count)
        for index in 0..<count {
            guard let element = json_array_get(array, index) else { continue }
            elements.append(try value(of: element, depth: depth + 1))
        }
        return elements
    }

    private static func members(
        of object: UnsafeMutablePointer<json_t>,
        depth: Int
    ) throws(JSONError) -> [JSONValue.Member] {
        guard depth <= maximumDepth else { throw .tooDeep(limit: maximumDepth) }
        var members: [JSONValue.Member] = []
        members.reserveCapacity(json_object_size(object))
        var iterator = json_object_iter(object)
        while let current = iterator {
            if let name = json_object_iter_key(current), let member = json_object_iter_value(current) {
                members.append(
                    JSONValue.Member(
                        text(name, length: json_object_iter_key_len(current)),
                        try value(of: member, depth: depth + 1)
                    )
                )
            }
            iterator = json_object_iter_next(object, current)
        }
        return members
    }

    private static func text(_ start: UnsafePointer<CChar>, length: Int) -> String {
        String(decoding: UnsafeRawBufferPointer(start: start, count: length), as: UTF8.self)
    }
}

extension JSONValue {
    /// Decodes `bytes`; nesting over ``JSONCursor/maximumDepth`` is refused.
    public init(decoding bytes: [UInt8]) throws(JSONError) {
        self = try JSONCursor(decoding: bytes).value()
    }
}
