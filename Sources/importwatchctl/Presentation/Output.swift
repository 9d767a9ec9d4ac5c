import Glibc
import JSON

/// Writes to the terminal, or to what stands in its place.
enum Output {
    static func write(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }

    static func line(_ text: String, to descriptor: Int32 = STDOUT_FILENO) {
        write(text + "\n", to: descriptor)
    }

    /// Says on stderr what is wrong.
    static func problem(_ text: String) {
        line("importwatchctl: " + text, to: STDERR_FILENO)
    }

    /// Prints one JSON value on one line.
    static func json(_ value: JSONValue) {
        line(String(decoding: value.encoded(), as: UTF8.self))
    }

    /// Whether colours are welcome at a descriptor: a terminal, and no NO_COLOR.
    static func hasColours(_ descriptor: Int32) -> Bool {
        guard isatty(descriptor) == 1 else { return false }
        guard let noColour = getenv("NO_COLOR") else { return true }
        return noColour.pointee == 0
    }
}
