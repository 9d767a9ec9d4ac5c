/// Cuts texts of a service so that what holds them stays small, and what looks at them is done soon.
public enum BoundedText {
    /// The text without secrets, or its beginning and an ellipsis where it would take more than `limit` bytes of JSON.
    ///
    /// Twice as much is looked at, for secrets leave room where they are replaced.
    public static func redacted(_ text: String, limit: Int) -> String {
        self.text(Redaction.redact(text, cutAt: 2 * limit), limit: limit)
    }

    /// The text, or its beginning and an ellipsis where it would take more than `limit` bytes of JSON.
    public static func text(_ text: String, limit: Int) -> String {
        var size = 0
        var end = text.unicodeScalars.startIndex
        for index in text.unicodeScalars.indices {
            size += cost(text.unicodeScalars[index])
            guard size <= limit else { return String(text.unicodeScalars[..<end]) + "…" }
            // Room for the ellipsis.
            if size <= limit - 3 { end = text.unicodeScalars.index(after: index) }
        }
        return text
    }

    /// How many bytes a character takes inside a JSON string.
    private static func cost(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.value {
        case 0..<0x20, 0x7F: 6
        case 0x22, 0x5C: 2
        default: UTF8.width(scalar)
        }
    }
}
