/// A value that is written as a JSON object and read back, by one description of its members.
package protocol JSONRecord: JSONConvertible {
    /// What describes the members.
    associatedtype Format: JSONRecordFormat where Format.Record == Self
    /// The members.
    static var format: Format { get }
}

extension JSONRecord {
    /// The object.
    package var json: JSONValue { Self.format.json(of: self) }

    /// Reads an object; members that are not in the description are nobody's matter.
    package init(json: JSONValue) throws(JSONMismatch) {
        self = try Self.format.record(of: json)
    }
}

/// How records of one type are written and read.
package protocol JSONRecordFormat: Sendable {
    /// What is written and read.
    associatedtype Record
    /// The record as an object.
    func json(of record: Record) -> JSONValue
    /// Reads an object; what is missing counts as `null`.
    func record(of json: JSONValue) throws(JSONMismatch) -> Record
}

/// One member of an object: its name, and where in the record its value lies.
package struct JSONMember<Record, Value: JSONConvertible>: Sendable {
    fileprivate let name: String
    fileprivate let path: KeyPath<Record, Value> & Sendable
    fileprivate let isLeftOutForNull: Bool

    /// - Parameter isLeftOutForNull: Whether the object has no such member where its value would be `null`.
    package init(_ name: String, _ path: KeyPath<Record, Value> & Sendable, isLeftOutForNull: Bool = false) {
        (self.name, self.path, self.isLeftOutForNull) = (name, path, isLeftOutForNull)
    }

    fileprivate func write(_ record: Record, to members: inout [JSONValue.Member]) {
        let value = record[keyPath: path].json
        if isLeftOutForNull, value.isNull { return }
        members.append(JSONValue.Member(name, value))
    }

    fileprivate func read(_ json: JSONValue) throws(JSONMismatch) -> Value {
        try JSONMismatch.within(name) { () throws(JSONMismatch) in try Value(json: json[name] ?? .null) }
    }
}

/// The members of an object in their order, and what makes a record of their values in the same order.
package struct JSONMembers<Record, each Value: JSONConvertible>: JSONRecordFormat {
    private let make: @Sendable (repeat each Value) -> Record
    private let members: (repeat JSONMember<Record, each Value>)

    /// - Parameter make: The record's memberwise initialiser.
    package init(
        _ make: @escaping @Sendable (repeat each Value) -> Record,
        _ members: repeat JSONMember<Record, each Value>
    ) {
        self.make = make
        self.members = (repeat each members)
    }

    package func json(of record: Record) -> JSONValue {
        var written: [JSONValue.Member] = []
        repeat (each members).write(record, to: &written)
        return .object(written)
    }

    package func record(of json: JSONValue) throws(JSONMismatch) -> Record {
        guard json.object != nil else { throw JSONMismatch(expected: "an object") }
        return make(repeat try (each members).read(json))
    }
}
