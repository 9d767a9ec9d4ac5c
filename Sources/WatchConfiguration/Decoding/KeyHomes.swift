/// Where a key belongs that stands in the wrong table.
///
/// The usual slip is a key of the top level that was written below `[polling]` and so became one of its keys.
enum KeyHomes {
    /// The keys that one table alone has, by the table's name; the empty name is the top level.
    static let keys: [String: [String]] = [
        "": ["source", "webhook", "state", "metrics"],
        "source": ["region", "profile", "role_arn", "endpoint_url", "jobs", "jobs_files", "discover", "polling"],
        "polling": [
            "requests_per_second", "min_delay", "max_delay", "strategy", "request_timeout", "connect_timeout",
            "not_found_grace", "deadline",
        ],
        "webhook": [
            "url", "url_file", "secret_file", "events", "format", "include_failed_records_url", "headers",
            "concurrency", "max_age", "ca_file", "client_cert_file", "client_key_file",
        ],
        "state": ["path", "postgresql", "lease", "lease_renew", "keep"],
        "metrics": ["textfile"],
    ]

    private static let names = Set(keys.values.flatMap { $0 } + ["name", "timeout"])

    /// Whether a text is the name of a key or table that a configuration has, or several with dots between them.
    static func isKey(_ text: some StringProtocol) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { names.contains(String($0)) }
    }

    /// `; it belongs in …`, or nothing for a key that no table has.
    static func phrase(for key: String) -> String {
        guard let home = keys.first(where: { $0.value.contains(key) })?.key else { return "" }
        switch home {
        case "": return "; it belongs at the top level"
        case "source": return "; it belongs above the first [table], or in a [[source]]"
        case "webhook": return "; it belongs in a [[webhook]]"
        default: return "; it belongs in [\(home)]"
        }
    }
}
