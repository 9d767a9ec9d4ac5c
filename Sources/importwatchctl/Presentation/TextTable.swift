import ImportWatch

/// Columns of text under headings, as wide as their widest cell, or narrower where a terminal is.
struct TextTable: Hashable, Sendable {
    /// A column.
    struct Column: Hashable, Sendable {
        /// Its heading.
        var heading: String
        /// Whether cells stand at the right, as numbers do.
        var isNumber: Bool
        /// Whether it may be cut, down to ``narrowest``, where the table is too wide.
        var isFlexible: Bool
        /// Whether others go before it is cut, as for IDs, which are no good in part.
        var isCutLast: Bool
        /// Which columns go first: the highest; those with 0 stay, those above 5 go before anything is cut.
        var expendable: Int

        static let narrowest = 10
        static let goesBeforeCuts = 6

        init(
            _ heading: String,
            isNumber: Bool = false,
            isFlexible: Bool = false,
            isCutLast: Bool = false,
            expendable: Int = 0
        ) {
            self.heading = heading
            self.isNumber = isNumber
            self.isFlexible = isFlexible
            self.isCutLast = isCutLast
            self.expendable = expendable
        }
    }

    private var columns: [Column]
    private var rows: [[String]] = []

    init(_ columns: [Column]) {
        self.columns = columns
    }

    /// Adds a row; cells are brought into one line.
    mutating func add(_ row: [String]) {
        rows.append(columns.indices.map { $0 < row.count ? row[$0].inOneLine : "" })
    }

    /// The lines, the first with the headings.
    ///
    /// - Parameter width: The most columns of a line; `nil` for any number.
    func lines(width: Int? = nil) -> [String] {
        var shown = columns.indices.filter { column in
            rows.contains { !$0[column].isEmpty } || columns[column].expendable == 0
        }
        var widths = columns.indices.map { column in
            (rows.map { $0[column].count } + [columns[column].heading.count]).max() ?? 0
        }
        if let width { fit(&shown, &widths, into: width) }
        return ([columns.map(\.heading)] + rows).map { row in
            var line = shown.map { cell(row[$0], columns[$0], widths[$0]) }.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    private func fit(_ shown: inout [Int], _ widths: inout [Int], into width: Int) {
        func least(_ column: Int) -> Int {
            let isCut = columns[column].isFlexible && !columns[column].isCutLast
            return isCut ? min(widths[column], Column.narrowest) : widths[column]
        }
        func total(_ width: (Int) -> Int) -> Int {
            shown.map(width).reduce(0, +) + 2 * (shown.count - 1)
        }
        while let expendable = shown.filter({ columns[$0].expendable > 0 })
            .max(by: { columns[$0].expendable < columns[$1].expendable })
        {
            let goesBeforeCuts = columns[expendable].expendable >= Column.goesBeforeCuts
            guard total({ goesBeforeCuts ? widths[$0] : least($0) }) > width else { break }
            shown.removeAll { $0 == expendable }
        }
        // What stands at the left tells rows apart.
        let flexible = shown.reversed().filter { columns[$0].isFlexible }
        for column in flexible.filter({ !columns[$0].isCutLast }) + flexible.filter({ columns[$0].isCutLast }) {
            let tooMuch = total { widths[$0] } - width
            if tooMuch > 0 { widths[column] = min(widths[column], max(Column.narrowest, widths[column] - tooMuch)) }
        }
    }

    private func cell(_ text: String, _ column: Column, _ width: Int) -> String {
        let cut = text.count > width ? text.prefix(max(0, width - 1)) + "…" : text
        let space = String(repeating: " ", count: max(0, width - cut.count))
        return column.isNumber ? space + cut : cut + space
    }
}
