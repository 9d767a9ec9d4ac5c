/// The last line of a text that comes in pieces, without keeping more of it than a line's worth.
struct LastLine {
    private static let limit = 4096
    private var tail: [UInt8] = []

    mutating func append(_ bytes: some Sequence<UInt8>) {
        tail += bytes
        if tail.count > Self.limit { tail.removeFirst(tail.count - Self.limit) }
    }

    /// The last line that isn't blank; `nil` where there is none.
    var text: String? {
        String(decoding: tail, as: UTF8.self).split(whereSeparator: \.isNewline)
            .last { !$0.allSatisfy(\.isWhitespace) }.map(String.init)
    }
}
