import Glibc

/// Why the system refused something: an `errno`.
public struct SystemError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The number, as `errno.h` has it.
    public var code: Int32

    /// Takes the number of the last system call that failed.
    public init(_ code: Int32 = errno) {
        self.code = code
    }

    /// The system's words.
    public var description: String { String(cString: strerror(code)) }
}
