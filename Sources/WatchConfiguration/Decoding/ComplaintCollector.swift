/// Collects everything that is wrong in one reading of a configuration.
final class ComplaintCollector {
    /// The most complaints kept of each severity: enough to see what is wrong, few enough for any log.
    static let limit = 1000

    /// The configuration file.
    let path: String
    private var complaints: [Complaint] = []
    private var seen: Set<Complaint> = []
    private var counts: [Complaint.Severity: Int] = [:]

    init(path: String) {
        self.path = path
    }

    /// Whether there is an error among the complaints.
    var hasErrors: Bool { counts[.error] != nil }

    /// How many more errors are kept.
    var room: Int { max(0, Self.limit - counts[.error, default: 0]) }

    /// Counts errors that nobody would read.
    func omitErrors(_ count: Int) {
        if count > 0 { counts[.error, default: 0] += count }
    }

    func error(_ message: String, at position: Position, key: String? = nil, in path: String? = nil) {
        add(.error, message, position, key, path)
    }

    func warning(_ message: String, at position: Position, key: String? = nil, in path: String? = nil) {
        add(.warning, message, position, key, path)
    }

    /// All complaints, those about the configuration file first, by position; then how many were left out.
    ///
    /// Those about the same place stay in the order in which they came up.
    var sorted: [Complaint] {
        var all = complaints.enumerated().sorted { left, right in
            let (isLeftOther, isRightOther) = (left.element.path != path, right.element.path != path)
            if isLeftOther != isRightOther { return isRightOther }
            return (left.element.path, left.element.line, left.element.column, left.offset)
                < (right.element.path, right.element.line, right.element.column, right.offset)
        }.map(\.element)
        for severity in [Complaint.Severity.error, .warning] {
            let omitted = counts[severity, default: 0] - Self.limit
            guard omitted > 0 else { continue }
            let message = "\(omitted) more \(severity.rawValue)s are not shown"
            all.append(Complaint(path: path, line: 1, column: 1, severity: severity, message: message))
        }
        return all
    }

    private func add(
        _ severity: Complaint.Severity,
        _ message: String,
        _ position: Position,
        _ key: String?,
        _ path: String?
    ) {
        let count = counts[severity, default: 0]
        guard count < Self.limit else {
            counts[severity] = count + 1
            return
        }
        let complaint = Complaint(
            path: path ?? self.path,
            line: position.line,
            column: position.column,
            severity: severity,
            message: message.inOneLine,
            key: key
        )
        // Sources that inherit the same bad value complain about the same place.
        if seen.insert(complaint).inserted {
            complaints.append(complaint)
            counts[severity] = count + 1
        }
    }
}
