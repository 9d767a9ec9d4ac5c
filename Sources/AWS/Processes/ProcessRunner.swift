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
    /// It ended with a status other than 0.
    case failed(program: String, status: Int32)
    /// A signal ended it.
    case signalled(program: String, signal: Int32)
    /// It did not end in time.
    case timeout(program: String, limit: Duration)
    /// It wrote more than what is taken.
    case tooMuchOutput(program: String, limit: Int)

    /// One line for a person; never what the program wrote, which may hold a secret.
    public var description: String {
        switch self {
        case .notStarted(let program, let reason): "\(program) can't be started: \(reason)"
        case .failed(let program, let status):
            "\(program) ended with status \(status); run it by hand as the daemon's user to see why"
        case .signalled(let program, let signal): "\(program) was ended by signal \(signal)"
        case .timeout(let program, let limit): "\(program) did not end within \(limit.components.seconds) s"
        case .tooMuchOutput(let program, let limit): "\(program) wrote more than \(limit) bytes"
        }
    }
}
