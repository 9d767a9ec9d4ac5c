import Foundation

/// Lines on standard output.
///
/// Not by `print`: flushing C's streams waits for the lock of standard input, which a thread that reads holds.
enum Output {
    /// Writes lines at once; where nobody reads them any more they are dropped.
    static func write(_ lines: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data("\(lines)\n".utf8))
    }
}
