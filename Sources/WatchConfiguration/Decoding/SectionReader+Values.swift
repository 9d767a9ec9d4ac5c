/// Values by type; each complains where the value is of another type or out of its range, and answers `nil`.
extension SectionReader {
    mutating func string(_ key: String, example: String) -> Located<String>? {
        guard let entry = take(key) else { return nil }
        guard case .string(let string) = entry.node.value else {
            wrongType(key, entry.node, expected: "a string in quotes", example: "\(key) = \"\(example)\"")
            return nil
        }
        return Located(value: string, position: entry.node.position)
    }

    mutating func boolean(_ key: String) -> Located<Bool>? {
        guard let entry = take(key) else { return nil }
        guard case .boolean(let boolean) = entry.node.value else {
            wrongType(key, entry.node, expected: "true or false", example: "\(key) = true")
            return nil
        }
        return Located(value: boolean, position: entry.node.position)
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int64>, example: Int64) -> Int64? {
        guard let entry = take(key) else { return nil }
        guard case .integer(let integer) = entry.node.value else {
            wrongType(key, entry.node, expected: "an integer", example: "\(key) = \(example)")
            return nil
        }
        guard range.contains(integer) else {
            let limits = "\(range.lowerBound) to \(range.upperBound)"
            complain(key, "must be from \(limits), not \(integer)", at: entry.node.position)
            return nil
        }
        return integer
    }

    mutating func number(_ key: String, above low: Int, upTo high: Int, example: String) -> Double? {
        guard let entry = take(key) else { return nil }
        let number: Double
        switch entry.node.value {
        case .integer(let integer): number = Double(integer)
        case .float(let float): number = float
        default:
            wrongType(key, entry.node, expected: "a number", example: "\(key) = \(example)")
            return nil
        }
        guard number > Double(low), number <= Double(high) else {
            complain(key, "must be above \(low) and at most \(high), not \(number)", at: entry.node.position)
            return nil
        }
        return number
    }

    mutating func duration(_ key: String, in range: ClosedRange<Duration>, example: String) -> Located<Duration>? {
        guard let entry = take(key) else { return nil }
        guard case .string(let text) = entry.node.value else {
            // Who writes 30 most likely means 30 seconds; the example shows how that is written.
            let meant: String? =
                if case .integer(let number) = entry.node.value, number > 0 { "\(number)s" } else { nil }
            let example = "\(key) = \"\(meant ?? example)\""
            wrongType(key, entry.node, expected: "a duration in quotes", example: example)
            return nil
        }
        guard let duration = DurationText.parse(text) else {
            complain(
                key,
                "must be a whole number with ms, s, m or h; for example \(key) = \"\(example)\"",
                at: entry.node.position
            )
            return nil
        }
        guard range.contains(duration) else {
            let limits = "\(DurationText.render(range.lowerBound)) to \(DurationText.render(range.upperBound))"
            complain(key, "must be from \(limits), not \(DurationText.render(duration))", at: entry.node.position)
            return nil
        }
        return Located(value: duration, position: entry.node.position)
    }

    /// The strings of an array, each with its place.
    mutating func strings(_ key: String, example: String) -> [Located<String>]? {
        guard let entry = take(key) else { return nil }
        guard case .array(let elements) = entry.node.value else {
            wrongType(key, entry.node, expected: "an array of strings", example: "\(key) = [\"\(example)\"]")
            return nil
        }
        return elements.compactMap { element in
            guard case .string(let string) = element.value else {
                complain(
                    key,
                    "must hold strings only, not \(element.kind); for example \(key) = [\"\(example)\"]",
                    at: element.position
                )
                return nil
            }
            return Located(value: string, position: element.position)
        }
    }

    /// One of the words of an enumeration.
    mutating func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ key: String,
        _ type: Choice.Type
    ) -> Located<Choice>? {
        let words = Choice.allCases.map(\.rawValue)
        guard let text = string(key, example: words.first ?? "") else { return nil }
        guard let choice = Choice(rawValue: text.value) else {
            let list = words.map { "\"\($0)\"" }.joined(separator: ", ")
            let hint = Suggestion.phrase(for: text.value, among: words)
            complain(
                key,
                "must be one of \(list), not \"\(hint.isEmpty ? text.value.quoted : text.value)\"\(hint)",
                at: text.position
            )
            return nil
        }
        return Located(value: choice, position: text.position)
    }
}
