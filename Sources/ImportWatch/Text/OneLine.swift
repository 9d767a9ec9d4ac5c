extension String {
    /// The text in one line: each row of control, format and line-breaking characters is one blank.
    public var inOneLine: String {
        guard unicodeScalars.contains(where: \.isUnprintable) else { return self }
        var line = String.UnicodeScalarView()
        var isInRow = false
        for scalar in unicodeScalars {
            if !scalar.isUnprintable {
                line.append(scalar)
            } else if !isInRow {
                line.append(" ")
            }
            isInRow = scalar.isUnprintable
        }
        return String(line)
    }
}

extension Unicode.Scalar {
    /// Whether it can break a line, or change how the rest of one looks.
    fileprivate var isUnprintable: Bool {
        if isASCII { return value < 0x20 || value == 0x7F }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
        default: return false
        }
    }
}
