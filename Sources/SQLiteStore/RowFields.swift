import ImportWatch

/// Goes through the columns of a row in their order, and either fills the field that each stands for or writes it down:
/// one description of a table serves both.
protocol RowFields {
    mutating func pass(_ column: String, _ field: inout String?)
    mutating func pass(_ column: String, _ field: inout Int64?)
    mutating func pass(_ column: String, _ field: inout WallTime?)
    mutating func pass(_ column: String, _ field: inout Bool)
    /// Notes what this program doesn't write in the column before.
    mutating func note(_ problem: String)
}

extension RowFields {
    /// A field that no row can be without.
    mutating func pass(_ column: String, _ field: inout String) {
        var value: String? = field
        pass(column, &value)
        if let value { field = value } else { note("\(column) is missing") }
    }

    mutating func pass(_ column: String, _ field: inout WallTime) {
        var value: WallTime? = field
        pass(column, &value)
        if let value { field = value } else { note("\(column) is missing") }
    }

    mutating func pass(_ column: String, _ field: inout JobStatus?) {
        var name = field?.rawValue
        pass(column, &name)
        field = name.map(JobStatus.init(rawValue:))
    }
}

/// What stands as a row in a table.
protocol TableRow {
    /// A value whose fields are all to be filled.
    static var blank: Self { get }

    /// Passes every column.
    mutating func pass(through row: inout some RowFields)
}

extension TableRow {
    /// The names of the columns.
    static var columns: [String] { RowWriter(blank).columns }

    /// Reads a row; it counts only where the reader met no problem.
    init(from row: inout RowReader) {
        self = .blank
        pass(through: &row)
    }
}

extension RowReader: RowFields {
    mutating func pass(_ column: String, _ field: inout String?) { field = text(column) }
    mutating func pass(_ column: String, _ field: inout Int64?) { field = integer(column) }
    mutating func pass(_ column: String, _ field: inout WallTime?) { field = time(column) }
    mutating func pass(_ column: String, _ field: inout Bool) { field = flag(column) }
}

/// Writes a row down.
struct RowWriter: RowFields {
    private(set) var columns: [String] = []
    private var values: [Value] = []

    init(_ row: some TableRow) {
        var row = row
        row.pass(through: &self)
    }

    static func values(of row: some TableRow) -> [Value] { RowWriter(row).values }

    mutating func pass(_ column: String, _ field: inout String?) { add(column, Value(field)) }
    mutating func pass(_ column: String, _ field: inout Int64?) { add(column, Value(field)) }
    mutating func pass(_ column: String, _ field: inout WallTime?) { add(column, Value(field)) }
    mutating func pass(_ column: String, _ field: inout Bool) { add(column, Value(field)) }
    mutating func note(_ problem: String) {}

    private mutating func add(_ column: String, _ value: Value) {
        columns.append(column)
        values.append(value)
    }
}
