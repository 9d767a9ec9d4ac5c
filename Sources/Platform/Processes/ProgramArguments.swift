import ArgumentsShim

/// The program's arguments without its own name, also where no /proc is mounted.
public enum ProgramArguments {
    /// Reads them; bytes that are no UTF-8 are replaced by U+FFFD.
    public static func read() -> [String] {
        (1..<max(1, ashim_count())).compactMap { ashim_argument($0).map { String(cString: $0) } }
    }
}
