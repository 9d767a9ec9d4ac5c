extension String {
    /// The text with what journalctl takes for binary replaced, or it would show `[83B blob data]` in place of all of it.
    ///
    /// The rule is that of systemd's `utf8_is_printable_newline()`: no control character but tab and line feed, and no
    /// code point that is reserved for no character at all.
    var printableInJournal: String {
        guard unicodeScalars.contains(where: \.isBinaryInJournal) else { return self }
        var scalars = String.UnicodeScalarView()
        for scalar in unicodeScalars { scalars.append(scalar.isBinaryInJournal ? scalar.inItsPlace : scalar) }
        return String(scalars)
    }
}

extension Unicode.Scalar {
    fileprivate var isBinaryInJournal: Bool {
        switch value {
        case 0x09, 0x0A: false
        case 0..<0x20, 0x7F...0x9F, 0xFDD0...0xFDEF: true
        default: value & 0xFFFE == 0xFFFE
        }
    }

    /// A carriage return is a blank: it mostly stands before a line feed.
    fileprivate var inItsPlace: Unicode.Scalar { self == "\r" ? " " : "\u{FFFD}" }
}
