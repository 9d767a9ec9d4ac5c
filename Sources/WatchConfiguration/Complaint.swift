import ImportWatch

/// Something wrong, or worth a look, at a place in a configuration file or a file that it names.
public struct Complaint: Hashable, Sendable, CustomStringConvertible {
    /// How grave it is.
    public enum Severity: String, Hashable, Sendable {
        /// The configuration can't be used.
        case error
        /// The configuration can be used.
        case warning
    }

    /// The file.
    public var path: String
    /// The line, from 1.
    public var line: Int
    /// The column, from 1.
    public var column: Int
    /// How grave it is.
    public var severity: Severity
    /// What is wrong and what to do, without secrets.
    public var message: String
    /// The key it is about, with its table: `polling.min_delay`; `nil` where it is about no key.
    public var key: String?

    /// Makes a complaint; the message passes ``Redaction`` here.
    public init(path: String, line: Int, column: Int, severity: Severity, message: String, key: String? = nil) {
        self.path = path
        self.line = line
        self.column = column
        self.severity = severity
        self.message = Redaction.redact(message)
        self.key = key
    }

    /// `file:line:column`.
    public var place: String { "\(path.inOneLine):\(line):\(column)" }

    /// `file:line:column: message`, with `warning: ` before the message of a warning.
    public var description: String {
        "\(place): \(severity == .warning ? "warning: " : "")\(message)"
    }
}

/// Why there is no configuration.
public enum ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file can't be read for lack of permission.
    case permissionDenied(path: String)
    /// The file is missing, too long, a directory or otherwise unreadable.
    case unreadable(path: String, reason: String)
    /// The file, or what it names, is wrong in these places.
    case invalid([Complaint])

    /// One line for each thing that is wrong.
    public var lines: [String] {
        switch self {
        case .permissionDenied(let path): ["\(path): permission denied; run as root or as the daemon's user"]
        case .unreadable(_, let reason): [reason]
        case .invalid(let complaints): complaints.map(\.description)
        }
    }

    /// All lines.
    public var description: String { lines.joined(separator: "\n") }
}
