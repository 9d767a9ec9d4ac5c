/// The rule for what can be the ID of an import job in a request's path.
public enum JobID {
    /// The longest ID taken, in bytes of UTF-8.
    public static let maximumLength = 256

    /// Why a text can't be a job ID.
    public enum Problem: Error, Equatable, Sendable, CustomStringConvertible {
        /// Nothing between the quotes.
        case empty
        /// `.` or `..`, which servers take for a path's own steps.
        case dots
        /// Longer than ``JobID/maximumLength`` bytes.
        case tooLong(bytes: Int)
        /// A control character.
        case controlCharacter(UInt32)

        /// One line for a person.
        public var description: String {
            switch self {
            case .empty: "a job ID can't be empty"
            case .dots: "a job ID can't be \".\" or \"..\""
            case .tooLong(let bytes): "a job ID has at most \(JobID.maximumLength) bytes, this one has \(bytes)"
            case .controlCharacter(let scalar):
                "a job ID can't hold control characters, this one holds U+\(hexadecimal(scalar))"
            }
        }

        private func hexadecimal(_ scalar: UInt32) -> String {
            let digits = String(scalar, radix: 16, uppercase: true)
            return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
        }
    }

    /// What is wrong with `id`, or `nil` if it can be asked for.
    public static func problem(with id: String) -> Problem? {
        if id.isEmpty { return .empty }
        if id == "." || id == ".." { return .dots }
        if id.utf8.count > maximumLength { return .tooLong(bytes: id.utf8.count) }
        // Nearly all IDs are printable ASCII, and to look up a scalar's category is slow.
        if id.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) { return nil }
        for scalar in id.unicodeScalars where scalar.properties.generalCategory == .control {
            return .controlCharacter(scalar.value)
        }
        return nil
    }
}
