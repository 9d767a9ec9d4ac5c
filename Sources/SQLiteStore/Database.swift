import CSQLite
import Glibc
import ImportWatch
import Platform

/// A connection to a SQLite database, with its statements kept prepared.
final class Database {
    let path: String
    private let handle: OpaquePointer
    private var statements: [String: Statement] = [:]

    /// What a connection may do.
    enum Access {
        /// Everything; the file is made where it is missing.
        case full
        /// Write to a file that is there, whose name is no link.
        case writing
        /// Read a file whose name is no link and that nobody writes to; neither a log nor its index is made.
        case readingUnchanged
        /// Read such a file and what lies in its log; the log's index is kept in memory.
        case readingWithLog
    }

    /// Opens the file.
    init(path: String, access: Access = .full) throws(StateStoreError) {
        self.path = path
        var handle: OpaquePointer?
        let (name, flags) = Self.name(path, access)
        let code = sqlite3_open_v2(name, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let handle else {
            let reason = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "out of memory"
            sqlite3_close_v2(handle)
            throw .cannotOpen(path: path, reason: reason)
        }
        self.handle = handle
        sqlite3_extended_result_codes(handle, 1)
        sqlite3_busy_timeout(handle, 5000)
    }

    deinit {
        statements = [:]
        sqlite3_close_v2(handle)
    }

    private static func name(_ path: String, _ access: Access) -> (String, Int32) {
        if access == .full { return (path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) }
        // SQLite refuses a link in any part of the path; only the last part is in doubt.
        var name = path
        let slash = path.lastIndex(of: "/")
        if let folder = FilePaths.resolved(slash.map { String(path[...$0]) } ?? ".") {
            name = folder + "/" + path[(slash.map { path.index(after: $0) } ?? path.startIndex)...]
        }
        if access == .writing { return (name, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW) }
        var uri = "file:"
        for byte in name.utf8 {
            let isPlain = byte > 0x20 && byte < 0x7F && !"%?#".utf8.contains(byte)
            uri += isPlain ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        if access == .readingUnchanged {
            uri += "?immutable=1"
        } else if Glibc.access(name + "-shm", F_OK) == 0 {
            uri += "?readonly_shm=1"
        }
        return (uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOFOLLOW)
    }

    /// Runs statements that give no rows.
    func execute(_ sql: String) throws(StateStoreError) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw error(code) }
    }

    /// Runs `body` in a transaction that is on disk when this returns, or has left nothing when it throws.
    func transaction(_ body: () throws(StateStoreError) -> Void) throws(StateStoreError) {
        try execute("BEGIN IMMEDIATE")
        do {
            try body()
            try execute("COMMIT")
        } catch {
            if sqlite3_get_autocommit(handle) == 0 { try? execute("ROLLBACK") }
            throw error
        }
    }

    /// Runs a statement with values bound in order, and hands each row to `row`.
    func run(
        _ sql: String,
        _ values: [Value] = [],
        row: (borrowing Row) -> Void = { _ in }
    ) throws(StateStoreError) {
        let statement = try prepared(sql)
        defer { statement.reset() }
        statement.bind(values)
        while true {
            switch statement.step() {
            case SQLITE_ROW: row(Row(statement: statement))
            case SQLITE_DONE: return
            case let code: throw error(code)
            }
        }
    }

    /// The integer in the first column of the first row; 0 without a row.
    func integer(_ sql: String, _ values: [Value] = []) throws(StateStoreError) -> Int64 {
        var result: Int64 = 0
        try run(sql, values) { result = $0.integer(0) ?? 0 }
        return result
    }

    private func prepared(_ sql: String) throws(StateStoreError) -> Statement {
        if let statement = statements[sql] { return statement }
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else { throw error(code) }
        let statement = Statement(handle: prepared)
        statements[sql] = statement
        return statement
    }

    private func error(_ code: Int32) -> StateStoreError {
        let reason = String(cString: sqlite3_errmsg(handle))
        return switch code & 0xFF {
        case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt(path: path, reason: reason)
        case SQLITE_FULL: .diskFull(path: path)
        case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM: .cannotOpen(path: path, reason: reason)
        default: .failed(path: path, reason: reason)
        }
    }
}

/// A value bound to a statement.
enum Value {
    case null
    case integer(Int64)
    case text(String)

    init(_ integer: Int64?) { self = integer.map(Value.integer) ?? .null }
    init(_ text: String?) { self = text.map(Value.text) ?? .null }
    init(_ time: WallTime?) { self.init(time?.millisecondsSinceEpoch) }
    init(_ bool: Bool) { self = .integer(bool ? 1 : 0) }
}

/// A prepared statement, finalized when it is let go.
final class Statement {
    fileprivate let handle: OpaquePointer

    fileprivate init(handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        sqlite3_finalize(handle)
    }

    fileprivate func bind(_ values: [Value]) {
        // SQLite copies the text before the call returns.
        let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        for (index, value) in values.enumerated() {
            let position = Int32(index + 1)
            switch value {
            case .null: sqlite3_bind_null(handle, position)
            case .integer(let integer): sqlite3_bind_int64(handle, position, integer)
            case .text(var text):
                text.withUTF8 { bytes in
                    bytes.withMemoryRebound(to: CChar.self) { characters in
                        let count = UInt64(characters.count)
                        sqlite3_bind_text64(
                            handle,
                            position,
                            characters.baseAddress ?? UnsafePointer(bitPattern: 1),
                            count,
                            transient,
                            UInt8(SQLITE_UTF8)
                        )
                    }
                }
            }
        }
    }

    fileprivate func step() -> Int32 {
        sqlite3_step(handle)
    }

    fileprivate func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }
}

/// The row that a statement stands at.
struct Row: ~Copyable {
    fileprivate let statement: Statement

    func integer(_ column: Int32) -> Int64? {
        guard sqlite3_column_type(statement.handle, column) != SQLITE_NULL else { return nil }
        return sqlite3_column_int64(statement.handle, column)
    }

    /// The integer of a column; what is none and not NULL either is noted as the row's problem.
    func integer(_ column: Int32, _ name: String, _ problem: inout String?) -> Int64? {
        switch sqlite3_column_type(statement.handle, column) {
        case SQLITE_INTEGER: return sqlite3_column_int64(statement.handle, column)
        case SQLITE_NULL: return nil
        default:
            problem = problem ?? "\(name) is no integer"
            return nil
        }
    }

    /// The text of a column; what is none and not NULL either is noted as the row's problem.
    func text(_ column: Int32, _ name: String, _ problem: inout String?) -> String? {
        let kind = sqlite3_column_type(statement.handle, column)
        if kind == SQLITE_NULL { return nil }
        if kind == SQLITE_TEXT, let start = sqlite3_column_text(statement.handle, column) {
            let count = Int(sqlite3_column_bytes(statement.handle, column))
            let bytes = UnsafeBufferPointer(start: start, count: count)
            if let text = String(validating: bytes, as: UTF8.self) { return text }
        }
        problem = problem ?? "\(name) is no text"
        return nil
    }

    /// The time of a column, in the years that can be written.
    func time(_ column: Int32, _ name: String, _ problem: inout String?) -> WallTime? {
        integer(column, name, &problem).map(WallTime.init(clamping:))
    }

    /// Takes what a row can't be without.
    static func required<Field>(_ field: Field?, _ name: String, _ problem: inout String?) -> Field? {
        if field == nil { problem = problem ?? "\(name) is missing" }
        return field
    }

    func text(_ column: Int32) -> String? {
        guard let start = sqlite3_column_text(statement.handle, column) else { return nil }
        let count = Int(sqlite3_column_bytes(statement.handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(statement.handle, column) == SQLITE_NULL
    }

    func bool(_ column: Int32) -> Bool {
        integer(column) == 1
    }
}

extension WallTime {
    /// The nearest time within the years 1 to 9999.
    init(clamping milliseconds: Int64) {
        self.init(millisecondsSinceEpoch: min(max(milliseconds, -62_135_596_800_000), 253_402_300_799_999))
    }
}
