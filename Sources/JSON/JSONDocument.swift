import CJansson

/// A text that jansson decoded, released with its last cursor.
///
/// What jansson refuses by default but services send is taken all the same: `\u0000` in strings, integers over 64 bits
/// (as floating-point numbers), and invalid UTF-8 or half a surrogate pair (replaced by U+FFFD).
final class JSONDocument {
    let root: UnsafeMutablePointer<json_t>

    /// Decodes `bytes`; nesting over 2,048 levels is refused by jansson.
    init(_ bytes: [UInt8], limit: Int) throws(JSONError) {
        guard bytes.count <= limit else { throw .tooLarge(bytes: bytes.count, limit: limit) }
        var input = bytes
        var isRepaired = false
        var flags = Int(JSON_DECODE_ANY)
        var problem = json_error_t()
        while true {
            if let root = Self.load(input, flags: flags, problem: &problem) {
                self.root = root
                return
            }
            let code = json_error_code(rawValue: UInt32(UInt8(bitPattern: problem.text.159)))
            if code == json_error_null_character, flags & Int(JSON_ALLOW_NUL) == 0 {
                flags |= Int(JSON_ALLOW_NUL)
            } else if code == json_error_numeric_overflow, flags & Int(JSON_DECODE_INT_AS_REAL) == 0 {
                flags |= Int(JSON_DECODE_INT_AS_REAL)
            } else if code == json_error_invalid_utf8 || code == json_error_invalid_syntax, !isRepaired {
                input = JSONRepair.repaired(bytes)
                isRepaired = true
                guard input != bytes else { throw Self.error(problem) }
            } else {
                throw Self.error(problem)
            }
        }
    }

    deinit {
        json_decref(root)
    }

    private static func load(_ bytes: [UInt8], flags: Int, problem: inout json_error_t) -> UnsafeMutablePointer<json_t>?
    {
        bytes.withUnsafeBytes { buffer in
            json_loadb(buffer.baseAddress, buffer.count, flags, &problem)
        }
    }

    private static func error(_ problem: json_error_t) -> JSONError {
        let reason = withUnsafeBytes(of: problem.text) { buffer in
            String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
        }
        // jansson quotes the text near the fault, which may hold a secret.
        let end = reason.indices.first { reason[$0...].hasPrefix(" near '") } ?? reason.endIndex
        return .malformed(line: Int(problem.line), column: Int(problem.column), reason: String(reason[..<end]))
    }
}

/// Why a text could not be decoded.
public enum JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is no JSON; line and column (in characters) count from 1.
    case malformed(line: Int, column: Int, reason: String)
    /// It is longer than what is taken.
    case tooLarge(bytes: Int, limit: Int)
    /// It is nested deeper than what is taken.
    case tooDeep(limit: Int)

    /// One line for a person, which does not show the text.
    public var description: String {
        switch self {
        case .malformed(let line, let column, let reason): "no JSON at line \(line), column \(column): \(reason)"
        case .tooLarge(let bytes, let limit): "\(bytes) bytes of JSON, at most \(limit) are taken"
        case .tooDeep(let limit): "JSON nested more than \(limit) levels deep"
        }
    }
}
