import TOMLShim

/// Parses a text into the tree of its values; the entries of a table stand in the order of the text.
enum TOMLParser {
    static func parse(_ bytes: [UInt8]) throws(TOMLSyntaxError) -> [TOMLEntry] {
        if let position = NestingLimit.firstExcess(in: bytes) {
            throw TOMLSyntaxError(position: position, reason: "this nests too deeply")
        }
        let builder = TreeBuilder()
        var problem = tomlshim_error()
        let isParsed = bytes.withUnsafeBytes { buffer in
            tomlshim_parse(
                buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                buffer.count,
                Unmanaged.passUnretained(builder).toOpaque(),
                { context, node in
                    guard let context, let node else { return }
                    Unmanaged<TreeBuilder>.fromOpaque(context).takeUnretainedValue().take(node.pointee)
                },
                &problem
            )
        }
        guard isParsed else {
            let reason = withUnsafeBytes(of: problem.reason) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            throw TOMLSyntaxError(
                position: Position(line: problem.line, column: problem.column).moved(into: bytes),
                reason: TOMLReason.inWords(reason)
            )
        }
        return builder.root
    }
}

extension Position {
    fileprivate init(line: UInt32, column: UInt32) {
        self.init(line: max(1, Int(line)), column: max(1, Int(column)))
    }

    /// The place itself, or the nearest one in the text: the parser counts on where the text ends early.
    fileprivate func moved(into bytes: [UInt8]) -> Position {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let line = min(line, lines.count)
        // Columns count characters, not bytes.
        let length = lines[line - 1].count { $0 & 0xC0 != 0x80 }
        return Position(line: line, column: min(column, length + 1))
    }
}

/// Puts the nodes that the parser hands out together to a tree.
private final class TreeBuilder {
    private struct Level {
        var key: String
        var keyPosition: Position
        var position: Position
        var entries: [TOMLEntry] = []
        var isTable: Bool
    }

    private(set) var root: [TOMLEntry] = []
    private var levels: [Level] = []

    func take(_ node: tomlshim_node) {
        let position = Position(line: node.line, column: node.column)
        switch node.kind {
        case TOMLSHIM_TABLE_BEGIN, TOMLSHIM_ARRAY_BEGIN:
            levels.append(
                Level(
                    key: Self.text(node.key, node.key_length),
                    keyPosition: keyPosition(of: node),
                    position: position,
                    isTable: node.kind == TOMLSHIM_TABLE_BEGIN
                )
            )
        case TOMLSHIM_TABLE_END, TOMLSHIM_ARRAY_END:
            guard let level = levels.popLast() else { return }
            let value: TOMLNode.Value =
                level.isTable
                ? .table(level.entries.sorted { $0.keyPosition < $1.keyPosition }) : .array(level.entries.map(\.node))
            if levels.isEmpty {
                root = level.entries.sorted { $0.keyPosition < $1.keyPosition }
            } else {
                append(level.key, level.keyPosition, TOMLNode(value: value, position: level.position))
            }
        case TOMLSHIM_STRING: append(node, .string(Self.text(node.text, node.text_length)))
        case TOMLSHIM_INTEGER: append(node, .integer(node.integer))
        case TOMLSHIM_FLOAT: append(node, .float(node.number))
        case TOMLSHIM_BOOLEAN: append(node, .boolean(node.boolean))
        default: append(node, .date)
        }
    }

    private func append(_ node: tomlshim_node, _ value: TOMLNode.Value) {
        let position = Position(line: node.line, column: node.column)
        append(Self.text(node.key, node.key_length), keyPosition(of: node), TOMLNode(value: value, position: position))
    }

    private func append(_ key: String, _ keyPosition: Position, _ node: TOMLNode) {
        guard !levels.isEmpty else { return }
        levels[levels.count - 1].entries.append(TOMLEntry(key: key, keyPosition: keyPosition, node: node))
    }

    private func keyPosition(of node: tomlshim_node) -> Position {
        node.key_line == 0
            ? Position(line: node.line, column: node.column)
            : Position(line: node.key_line, column: node.key_column)
    }

    private static func text(_ start: UnsafePointer<CChar>?, _ length: Int) -> String {
        guard let start else { return "" }
        return start.withMemoryRebound(to: UInt8.self, capacity: length) { bytes in
            String(decoding: UnsafeBufferPointer(start: bytes, count: length), as: UTF8.self)
        }
    }
}
