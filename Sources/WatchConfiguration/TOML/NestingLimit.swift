/// Finds where a text nests deeper than a configuration ever does.
///
/// The parser, and the release of its tree, call themselves once for each level: a key of 20,000 parts overflows the
/// stack. So the depth is looked at before the parser sees the text.
enum NestingLimit {
    /// The most brackets that may be open at once.
    static let brackets = 32
    /// The most parts of a dotted key.
    static let keyParts = 32

    /// The place of the first bracket or dot that goes too deep; `nil` where the text is fit for the parser.
    ///
    /// What follows the first syntax error may be misread, but the parser stops there.
    static func firstExcess(in bytes: [UInt8]) -> Position? {
        var scanner = Scanner(bytes: bytes)
        var open = 0
        var dots = 0
        while let byte = scanner.next() {
            switch byte {
            case UInt8(ascii: "#"):
                scanner.skipComment()
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                scanner.skipString(quote: byte)
            case UInt8(ascii: "."):
                dots += 1
                if dots >= keyParts { return scanner.position }
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                dots = 0
                open += 1
                if open > brackets { return scanner.position }
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                dots = 0
                open = max(0, open - 1)
            case UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "\n"):
                dots = 0
            default: break
            }
        }
        return nil
    }
}

/// Steps over the bytes of a text, strings and comments at once.
private struct Scanner {
    let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var lineStart = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The place of the byte that ``next()`` handed out last; columns count characters, not bytes.
    var position: Position {
        let column = bytes[lineStart..<index].reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
        return Position(line: line, column: max(1, column))
    }

    mutating func next() -> UInt8? {
        guard index < bytes.count else { return nil }
        let byte = bytes[index]
        index += 1
        if byte == UInt8(ascii: "\n"), index < bytes.count {
            line += 1
            lineStart = index
        }
        return byte
    }

    mutating func skipComment() {
        while index < bytes.count, bytes[index] != UInt8(ascii: "\n") { index += 1 }
    }

    /// Goes behind the string whose first quote was handed out.
    mutating func skipString(quote: UInt8) {
        let hasEscapes = quote == UInt8(ascii: "\"")
        let isLong = isTriple(quote)
        if isLong { index += 2 }
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: "\n"), !isLong { return }
            guard let byte = next() else { return }
            if byte == UInt8(ascii: "\\"), hasEscapes {
                if index < bytes.count, isLong || bytes[index] != UInt8(ascii: "\n") { _ = next() }
            } else if byte == quote {
                if !isLong { return }
                guard isTriple(quote) else { continue }
                index += 2
                // Up to two quotes before the closing three belong to the text.
                for _ in 0..<2 where index < bytes.count && bytes[index] == quote { index += 1 }
                return
            }
        }
    }

    /// Whether two more quotes follow the one that was handed out.
    private func isTriple(_ quote: UInt8) -> Bool {
        index + 1 < bytes.count && bytes[index] == quote && bytes[index + 1] == quote
    }
}
