/// Runs other programs without blocking; the port that `credential_process` goes out through.
@MainActor
public protocol ProcessRunner: AnyObject {
    /// Runs a program to its end and returns what it wrote on standard output.
    ///
    /// - Parameters:
    ///   - arguments: The program, looked up in PATH, and its arguments.
    ///   - timeout: After which the program is ended.
    ///   - outputLimit: After which the program is ended, in bytes.
    func run(_ arguments: [String], timeout: Duration, outputLimit: Int) async throws(ProcessError) -> [UInt8]
}

/// Why a program gave no output that can be used.
public enum ProcessError: Error, Hashable, Sendable, CustomStringConvertible {
    /// It can't be started.
    case notStarted(program: String, reason: String)
    /// It ended with a status other than 0; `said` is the last line that it wrote on standard error.
    case failed(program: String, status: Int32, said: String? = nil)
    /// A signal ended it.
    case signalled(program: String, signal: Int32, said: String? = nil)
    /// It did not end in time.
    case timeout(program: String, limit: Duration, said: String? = nil)
    /// It wrote more than what is taken.
    case tooMuchOutput(program: String, limit: Int)

    /// The last line that it wrote on standard error, as it stands.
    public var said: String? {
        switch self {
        case .failed(_, _, let said), .signalled(_, _, let said), .timeout(_, _, let said): said
        case .notStarted, .tooMuchOutput: nil
        }
    }

    /// One line for a person; never what the program wrote, which may hold a secret.
    public var description: String {
        switch self {
        case .notStarted(let program, let reason): "\(program) can't be started: \(reason)"
        case .failed(let program, let status, let said):
            "\(program) ended with status \(status)"
                + (said == nil ? "; run it by hand as the daemon's user to see why" : "")
        case .signalled(let program, let signal, _): "\(program) was ended by signal \(signal)"
        case .timeout(let program, let limit, _): "\(program) did not end within \(limit.components.seconds) s"
        case .tooMuchOutput(let program, let limit): "\(program) wrote more than \(limit) bytes"
        }
    }
}
