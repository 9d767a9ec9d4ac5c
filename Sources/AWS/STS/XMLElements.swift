/// The texts of a small XML document, by the path of their element; enough for the answers of STS.
///
/// Attributes, comments and processing instructions are passed over. Document types, and with them entities of one's
/// own, are refused; so are deep nesting, long names, a great many elements and tags that don't match.
struct XMLElements {
    // An answer of STS has some twenty elements. The limits keep the work small: each one's path is put together.
    private static let maximumDepth = 32
    private static let maximumCount = 1000
    private static let maximumNameLength = 128

    private var texts: [String: String] = [:]

    /// Why a text is no XML that is taken.
    struct Problem: Error, Hashable, Sendable {
        /// The byte at which it was noticed.
        var offset: Int
    }

    /// Reads a document.
    init(_ bytes: [UInt8]) throws(Problem) {
        var position = 0
        var path: [String] = []
        var text: [UInt8] = []
        var hasRoot = false
        var count = 0
        while position < bytes.count {
            if bytes[position] != UInt8(ascii: "<") {
                let end = bytes[position...].firstIndex(of: UInt8(ascii: "<")) ?? bytes.endIndex
                text.append(contentsOf: try Self.unescaped(bytes[position..<end]))
                position = end
            } else if let end = Self.end(of: "<?", until: "?>", in: bytes, at: position)
                ?? Self.end(of: "<!--", until: "-->", in: bytes, at: position)
            {
                position = end
            } else if let end = Self.end(of: "<![CDATA[", until: "]]>", in: bytes, at: position) {
                text.append(contentsOf: bytes[(position + 9)..<(end - 3)])
                position = end
            } else {
                let tag = try Self.tag(in: bytes, at: position)
                if tag.isEnd {
                    guard path.last == tag.name else { throw Problem(offset: position) }
                    note(text, at: path)
                    path.removeLast()
                } else {
                    count += 1
                    guard path.count < Self.maximumDepth, count <= Self.maximumCount, !path.isEmpty || !hasRoot else {
                        throw Problem(offset: position)
                    }
                    hasRoot = true
                    if tag.isEmpty { note([], at: path + [tag.name]) } else { path.append(tag.name) }
                }
                text = []
                position = tag.end
            }
        }
        guard path.isEmpty, hasRoot else { throw Problem(offset: bytes.count) }
    }

    /// The text of the first element at `path`, names without prefixes and joined by slashes.
    subscript(path: String) -> String? { texts[path] }

    private mutating func note(_ text: [UInt8], at path: [String]) {
        let key = path.joined(separator: "/")
        if texts[key] == nil { texts[key] = String(decoding: text, as: UTF8.self).trimmingBlanks }
    }

    private static func end(of opening: String, until closing: String, in bytes: [UInt8], at position: Int) -> Int? {
        guard bytes[position...].starts(with: opening.utf8) else { return nil }
        var index = position + opening.utf8.count
        while index + closing.utf8.count <= bytes.count {
            if bytes[index...].starts(with: closing.utf8) { return index + closing.utf8.count }
            index += 1
        }
        return nil
    }

    private static func tag(
        in bytes: [UInt8],
        at position: Int
    ) throws(Problem) -> (name: String, isEnd: Bool, isEmpty: Bool, end: Int) {
        var index = position + 1
        let isEnd = index < bytes.count && bytes[index] == UInt8(ascii: "/")
        if isEnd { index += 1 }
        let start = index
        while index < bytes.count, isNameByte(bytes[index]) { index += 1 }
        let name = bytes[start..<index].split(separator: UInt8(ascii: ":")).last ?? []
        guard !name.isEmpty, name.count <= maximumNameLength else { throw Problem(offset: position) }
        var quote: UInt8?
        while index < bytes.count {
            let byte = bytes[index]
            if byte == quote {
                quote = nil
            } else if quote == nil, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if quote == nil, byte == UInt8(ascii: ">") {
                let isEmpty = bytes[index - 1] == UInt8(ascii: "/") && !isEnd
                return (String(decoding: name, as: UTF8.self), isEnd, isEmpty, index + 1)
            }
            index += 1
        }
        throw Problem(offset: position)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (48...58).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte >= 0x80
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    }

    private static let entities = ["amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'"]

    private static func unescaped(_ bytes: ArraySlice<UInt8>) throws(Problem) -> [UInt8] {
        var output: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            guard bytes[index] == UInt8(ascii: "&") else {
                output.append(bytes[index])
                index += 1
                continue
            }
            guard let end = bytes[index...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else {
                throw Problem(offset: index)
            }
            let name = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
            if let entity = entities[name] {
                output.append(contentsOf: entity.utf8)
            } else if let scalar = scalar(named: name) {
                output.append(contentsOf: String(Character(scalar)).utf8)
            } else {
                throw Problem(offset: index)
            }
            index = end + 1
        }
        return output
    }

    private static func scalar(named name: String) -> Unicode.Scalar? {
        if name.hasPrefix("#x") { return UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init) }
        guard name.hasPrefix("#") else { return nil }
        return UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init)
    }
}
